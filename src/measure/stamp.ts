/** `20261122T183000Z`: sorts by time, and is a plain name. */
function stampOf(at: Date): string {
  return at.toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

const stamped = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/;

/** A stamp after those of all existing names, so that even with a clock that was set back, nothing sorts before what is older. */
export function laterStamp(names: readonly string[], at: Date): string {
  const last = names
    .filter((name) => stamped.test(name))
    .sort()
    .at(-1);
  const lastMs = Date.parse(stamped.exec(last ?? '')?.[0].replace(stamped, '$1-$2-$3T$4:$5:$6Z') ?? '');
  const isLater = Number.isNaN(lastMs) || at.getTime() >= lastMs + 1_000;
  return stampOf(isLater ? at : new Date(lastMs + 1_000));
}
