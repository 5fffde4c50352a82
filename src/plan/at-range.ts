/**
 * Several places in few words: `0000:03:00.0/0-3,0000:03:00.0/7,0000:03:00.1/0-3`. Places that are no VFs stay as they
 * are.
 */
export function atRange(places: readonly string[]): string {
  const words: string[] = [];
  let run: { readonly pf: string; readonly first: number; last: number } | undefined;
  const close = () => {
    if (run) words.push(`${run.pf}/${run.first}${run.last === run.first ? '' : `-${run.last}`}`);
    run = undefined;
  };
  for (const place of places) {
    const vf = /^(.+)\/(\d+)$/.exec(place);
    const [pf, index] = [vf?.[1] ?? '', Number(vf?.[2])];
    if (vf && run && run.pf === pf && run.last + 1 === index) {
      run.last = index;
      continue;
    }
    close();
    if (vf) run = { pf, first: index, last: index };
    else words.push(place);
  }
  close();
  return words.join(',');
}
