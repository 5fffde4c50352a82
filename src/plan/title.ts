/** The first sentence of what a step is for, as its name among others, and the rest of it. */
export function titleAndRest(why: string): readonly [string, string | undefined] {
  const [title = why] = /^.*?\.(?= [A-Z])/.exec(why) ?? [];
  return [title, title === why ? undefined : why.slice(title.length + 1)];
}
