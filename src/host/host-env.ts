const sbin = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** What programs are started with: in C locale, and with the folders where ip, devlink and ethtool are, which a user's PATH often lacks. */
export function hostEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const path = [...new Set([...(env.PATH ?? '/usr/bin:/bin').split(':'), ...sbin])].join(':');
  return { ...env, PATH: path, LC_ALL: 'C', LANGUAGE: '' };
}
