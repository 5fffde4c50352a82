/**
 * The name of the VM whose QEMU a process is, from `/proc/PID/cgroup`: libvirt puts it into a systemd scope,
 * `machine-qemu\x2d3\x2dweb.scope` (virsystemd.c, virSystemdMakeScopeName; escapes: systemd.unit(5)), or, without
 * systemd-machined, into a group of its own, `qemu-3-web.libvirt-qemu` (vircgroup.c). Undefined for any other process.
 */
export function parseVmScope(cgroup: string): string | undefined {
  const scope = /\/machine-qemu\\x2d\d+\\x2d([^/\n]+)\.scope(?:\/|$)/m.exec(cgroup)?.[1];
  const group = /\/qemu-\d+-([^/\n]+)\.libvirt-qemu(?:\/|$)/m.exec(cgroup)?.[1];
  return scope === undefined ? group : unescaped(scope);
}

function unescaped(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
