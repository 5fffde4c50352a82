/** An element of a domain's XML; text is kept only if the element has no child elements. */
export interface Element {
  readonly name: string;
  readonly attributes: { readonly [name: string]: string };
  readonly children: readonly Element[];
  readonly text: string;
}

const token =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:'[^']*'|"[^"]*"))*)\s*(\/?)>|([^<]+)/gy;
const attribute = /([\w:.-]+)\s*=\s*(?:'([^']*)'|"([^"]*)")/g;

type Open = { name: string; attributes: { [name: string]: string }; children: Element[]; text: string };

/** Parses the XML that domains need; a string says what is wrong. */
export function parseXml(text: string): Element | string {
  const top: Open = { name: '', attributes: {}, children: [], text: '' };
  const stack: Open[] = [top];
  let end = 0;
  for (const [whole, closes, name = '', attributes = '', empty, chars] of text.matchAll(token)) {
    end += whole.length;
    const here = stack.at(-1) ?? top;
    if (chars !== undefined) here.text += chars;
    if (name === '') continue;
    if (closes) {
      if (here.name !== name) return `Opening and ending tag mismatch: ${here.name} line 1 and ${name}`;
      stack.pop();
      continue;
    }
    const element: Open = { name, attributes: attributesOf(attributes), children: [], text: '' };
    here.children.push(element);
    if (!empty) stack.push(element);
  }
  if (end < text.length) return 'error parsing attribute name';
  if (stack.length > 1) return `Premature end of data in tag ${stack.at(-1)?.name} line 1`;
  return top.children[0] ?? 'Document is empty';
}

function attributesOf(text: string): { [name: string]: string } {
  return Object.fromEntries([...text.matchAll(attribute)].map(([, name = '', a, b]) => [name, a ?? b ?? '']));
}

/** As libvirt prints it: two spaces per level, single quotes. */
export function printXml(element: Element, level = 0): string {
  const indent = '  '.repeat(level);
  const attributes = Object.entries(element.attributes)
    .map(([name, value]) => ` ${name}='${value}'`)
    .join('');
  const text = element.text.trim();
  if (element.children.length > 0) {
    const inner = element.children.map((child) => printXml(child, level + 1)).join('');
    return `${indent}<${element.name}${attributes}>\n${inner}${indent}</${element.name}>\n`;
  }
  return text === ''
    ? `${indent}<${element.name}${attributes}/>\n`
    : `${indent}<${element.name}${attributes}>${text}</${element.name}>\n`;
}

/** Elements at a path of names. */
export function all(element: Element, ...path: readonly string[]): readonly Element[] {
  const [name, ...rest] = path;
  if (name === undefined) return [element];
  return element.children.filter((child) => child.name === name).flatMap((child) => all(child, ...rest));
}
