import { vfPlace } from '../resource/place.ts';

/**
 * Several places in few words: `0000:03:00.0/0-3,0000:03:00.0/7,0000:03:00.1/0-3`. Places that are not VFs stay as they
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
    const vf = isVf(place) ? vfPlace(place) : undefined;
    if (run && vf?.index === run.last + 1 && vf.pf === run.pf) {
      run.last = vf.index;
      continue;
    }
    close();
    if (vf === undefined) words.push(place);
    else run = { pf: vf.pf, first: vf.index, last: vf.index };
  }
  close();
  return words.join(',');
}

/** `0000:03:00.0/3`: any other place with a slash begins with a guest's name, which has no colon. */
function isVf(place: string): boolean {
  return place[4] === ':' && place.includes('/');
}
