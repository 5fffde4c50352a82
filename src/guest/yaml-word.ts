// What YAML 1.1, which cloud-init reads, takes for a truth or for nothing (yaml.org/type/bool.html, null.html).
const meansMore = /^(y|yes|n|no|true|false|on|off|null)$/i;

// Readers differ on whether a power of ten without a number before it is one too (yaml.org/type/float.html).
const exponent = /^e-?[\d_]+$/i;

/** A name as YAML: in quotes if a reader would take it for something else, such as `00` for a number. */
export function yamlWord(name: string): string {
  const plain = /^[a-z][\w.-]*$/i.test(name) && !meansMore.test(name) && !exponent.test(name);
  return plain ? name : JSON.stringify(name);
}
