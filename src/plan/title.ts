/** The first sentence of a step's reason, which serves as its title, and the rest. */
export function titleAndRest(why: string): readonly [string, string | undefined] {
  const [title = why] = /^.*?\.(?= [A-Z])/.exec(why) ?? [];
  return [title, title === why ? undefined : why.slice(title.length + 1)];
}
