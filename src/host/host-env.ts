const sbin = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The environment of programs: the C locale, and the folders of ip, devlink and ethtool, often not in a user's PATH. */
export function hostEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const path = [...new Set([...(env.PATH ?? '/usr/bin:/bin').split(':'), ...sbin])].join(':');
  return { ...env, PATH: path, LC_ALL: 'C', LANGUAGE: '' };
}
