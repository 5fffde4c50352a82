import type { Action, Probe } from '../model/plan.ts';

/** The unit as systemd has read it (org.freedesktop.systemd1(5)); its name is escaped as sd_bus_path_encode(3) says. */
export function unitProperty(unit: string, name: string): readonly string[] {
  const escaped = unit.replace(/[^A-Za-z0-9]/g, (char) => `_${char.charCodeAt(0).toString(16)}`);
  const path = `/org/freedesktop/systemd1/unit/${escaped}`;
  const [service, unitType] = ['org.freedesktop.systemd1', 'org.freedesktop.systemd1.Unit'];
  return ['busctl', '--json=short', 'get-property', service, path, unitType, name];
}

/** Whether systemd has read what is on disk. */
export function isRead(unit: string): Probe {
  return { query: unitProperty(unit, 'NeedDaemonReload'), at: ['data'], is: false };
}

export const daemonReload: Action = { run: ['systemctl', 'daemon-reload'] };

/** A file of vflane's own and its folder, which may or may not be vflane's. */
export function put(path: string, text: string | null): readonly Action[] {
  const folder = path.replace(/\/[^/]*$/, '');
  return text === null
    ? [{ run: ['rm', '-f', path] }]
    : [{ run: ['mkdir', '-p', folder] }, { write: path, text }];
}

/** It may hold somebody else's files. */
export function leaveFolder(folder: string): Action {
  return { run: ['rmdir', '--ignore-fail-on-non-empty', folder] };
}
