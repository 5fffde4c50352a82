/** A port of a switch: anything that takes a frame. */
export interface Port {
  send(frame: Buffer): void;
}

const ageMs = 300_000;

/** A learning Ethernet switch. Each VLAN has an address table of its own (802.1Q, independent learning). */
export class Switch {
  readonly #ports = new Set<Port>();
  readonly #learned = new Map<string, { port: Port; atMs: number }>();
  readonly #taps = new Set<(frame: Buffer) => void>();
  #alive = true;

  get alive(): boolean {
    return this.#alive;
  }

  /** A dead switch keeps its ports' carriers up and passes nothing; it comes back with an empty table. */
  set alive(alive: boolean) {
    this.#alive = alive;
    this.#learned.clear();
  }

  get ports(): number {
    return this.#ports.size;
  }

  /** Calls `tap` with every incoming frame, until the function it returns is called. */
  tap(tap: (frame: Buffer) => void): () => void {
    this.#taps.add(tap);
    return () => void this.#taps.delete(tap);
  }

  plug(port: Port): void {
    this.#ports.add(port);
  }

  /** Removes a port, and forgets what was learned there. */
  unplug(port: Port): void {
    this.#ports.delete(port);
    for (const [key, seen] of this.#learned) if (seen.port === port) this.#learned.delete(key);
  }

  /** Takes a frame that came in at `from`: learns its source, and forwards it to where its destination was seen. */
  receive(from: Port, frame: Buffer, nowMs: number): void {
    if (frame.length < 14 || !this.#alive || !this.#ports.has(from)) return;
    for (const tap of this.#taps) tap(frame);
    const vlan = vlanOf(frame);
    if (!isGroup(frame, 6)) this.#learned.set(key(vlan, frame, 6), { port: from, atMs: nowMs });
    const seen = isGroup(frame, 0) ? undefined : this.#learned.get(key(vlan, frame, 0));
    if (seen && nowMs - seen.atMs < ageMs) {
      if (seen.port !== from) seen.port.send(frame);
      return;
    }
    for (const port of this.#ports) if (port !== from) port.send(frame);
  }
}

/** Joins two switches with a cable. */
export function join(a: Switch, b: Switch, now: () => number): void {
  const endAtA: Port = { send: (frame) => b.receive(endAtB, frame, now()) };
  const endAtB: Port = { send: (frame) => a.receive(endAtA, frame, now()) };
  a.plug(endAtA);
  b.plug(endAtB);
}

function isGroup(frame: Buffer, at: number): boolean {
  return ((frame[at] ?? 0) & 1) === 1;
}

function vlanOf(frame: Buffer): number {
  const tagged = frame.length >= 18 && frame.readUInt16BE(12) === 0x8100;
  return tagged ? frame.readUInt16BE(14) & 0xfff : 0;
}

function key(vlan: number, frame: Buffer, at: number): string {
  return `${vlan}/${frame.toString('hex', at, at + 6)}`;
}
