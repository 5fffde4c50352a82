import type { Datapath } from '../model/fabric.ts';
import type { Seen } from '../model/unseen.ts';
import type { Iperf3Flow } from './iperf3.ts';
import type { PingSummary } from './ping.ts';
import type { RoundTrips } from './round-trips.ts';
import type { Cell, Suite } from './suite.ts';
import type { Encapsulation } from './wire-limit.ts';

export const runSchema = 'vflane.bench-run/1';

/** One run of a suite between two ends, as it is kept. Plain JSON. */
export interface BenchRun {
  readonly schema: typeof runSchema;
  /** Sorts by time: `20261122T183000Z-seed`. */
  readonly id: string;
  /** `running`: its end was not recorded; if it no longer runs, it was killed. */
  readonly state: 'running' | 'complete' | 'partial';
  /** Why it is partial. */
  readonly because?: string;
  /** ISO 8601, by the operator's clock. */
  readonly started: string;
  readonly ended?: string;
  /** Of vflane. */
  readonly version: string;
  readonly fabric: string;
  readonly network: string;
  readonly suite: Suite;
  /** Cells of the suite that these guests cannot send, each with the reason; absent if there are none. */
  readonly impossible?: readonly Impossible[];
  /** iperf3's client is at the first end, its server at the second. */
  readonly ends: readonly [RunEnd, RunEnd];
  readonly wire: Wire;
  readonly forwarding: Forwarding;
  /** One list for both ends; empty if nothing was pinned. */
  readonly cpus: readonly number[];
  readonly turns: readonly Turn[];
}

/** A run that has not been stored yet, and so has no name. */
export type Unkept = Omit<BenchRun, 'id'>;

export interface Impossible {
  /** `9000/2 both`. */
  readonly cell: string;
  /** `MTU 1500`. */
  readonly because: string;
}

export interface RunEnd {
  /** `web/storage`. */
  readonly name: string;
  readonly host: string;
  readonly datapath: Datapath;
  readonly address: string;
  readonly netdev: string;
  /** Bytes. */
  readonly mtu: number;
  readonly before: Surroundings;
  /** Absent while it runs. */
  readonly after?: Surroundings;
}

/** What is between the ends, and the most that it can carry in one direction, in bits per second. */
export interface Wire {
  readonly encapsulation: Encapsulation;
  readonly family: 4 | 6;
  /** Of the slowest port in use; unseen if no port says (or none is used). */
  readonly lineBps: Seen<number>;
  /** Of the narrowest slot. */
  readonly slotBps: Seen<number>;
  /** Bytes of a packet on the slots, the smallest; unseen if `slotBps` assumes the largest that servers use. Absent in older runs. */
  readonly slotPayload?: Seen<number>;
}

/** Who moved the packets, and how that is known. */
export interface Forwarding {
  readonly by: 'card' | 'software';
  readonly proof: string;
}

/** What a figure depends on besides the measured path. */
export interface Surroundings {
  readonly kernel: string;
  readonly cpu: Seen<string>;
  readonly governor: Seen<string>;
  readonly iperf3: Seen<string>;
  readonly ovs: Seen<string>;
  /** Netdev → what ethtool says about it. */
  readonly netdevs: { readonly [name: string]: NetdevSurroundings };
}

/** Maps of what ethtool prints: `Combined` → `32`. */
export interface NetdevSurroundings {
  readonly driver: Seen<Said>;
  readonly channels: Seen<Said>;
  readonly rings: Seen<Said>;
  readonly coalescing: Seen<Said>;
  readonly features: Seen<Said>;
  readonly speedMbps: Seen<number>;
}

export interface Said {
  readonly [key: string]: string;
}

/** One run of one cell. */
export interface Turn {
  readonly cell: Cell;
  readonly run: number;
  /** ISO 8601. */
  readonly at: string;
  /** Why it has no figure; it is not counted as zero. */
  readonly failed?: string;
  readonly flows?: readonly Iperf3Flow[];
  /** Percent of a core that iperf3 itself used, at the first end and at the second. */
  readonly iperf3Cpu?: readonly [number, number];
  /** Busy cores on the two hosts, for whatever purpose: softirqs belong to no process. */
  readonly hostCpu?: readonly [Seen<BusyCores>, Seen<BusyCores>];
  readonly ping?: PingSummary;
  readonly roundTrips?: RoundTrips;
  /** What the hardware of each end says it forwarded; absent if there is none to ask. */
  readonly offload?: readonly [OffloadSeen, OffloadSeen];
  /** The tool's output, in the run's folder. */
  readonly raw?: string;
}

export interface BusyCores {
  readonly busy: number;
  readonly softirq: number;
}

export interface OffloadSeen {
  /** Bytes in flows that Open vSwitch has in hardware. */
  readonly bytes: Seen<number>;
  /** Packets that reached the host's CPU through the tenants' representors. */
  readonly packetsToCpu: Seen<number>;
}
