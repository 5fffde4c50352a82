/** Whether somebody asked for a package, or it came as a dependency (apt-mark(8)). */
export type PackageMark = 'manual' | 'auto';
