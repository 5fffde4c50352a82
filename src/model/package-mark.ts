/** Whether somebody asked for a package, or it only came along with one (apt-mark(8)). */
export type PackageMark = 'manual' | 'auto';
