declare const VFLANE_VERSION: string | undefined;

/** The version the bundle was built from. */
export const versionText = typeof VFLANE_VERSION === 'string' ? VFLANE_VERSION : '0.0.0-source';
