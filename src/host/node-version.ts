/** The oldest Node.js that vflane runs on: Debian 13's (package.json, engines). */
const oldestNode = [20, 19] as const;

export const nodeHint =
  'on the host: apt-get install nodejs (Debian 13), or a Node.js of your own in /usr/local/bin';

/** What is wrong with a host's Node.js of this version (`v20.19.2`); undefined if nothing is. */
export function wrongNode(version: string): string | undefined {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)\./.exec(version) ?? [];
  const newer = Number(major) - oldestNode[0] || Number(minor) - oldestNode[1];
  if (major !== '' && newer >= 0) return undefined;
  return version === 'none'
    ? 'Node.js is not installed there'
    : `Node.js ${version} there is older than ${oldestNode.join('.')}`;
}
