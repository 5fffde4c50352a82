import type { Finding } from '../model/finding.ts';
import type { GuestName, IfName } from '../model/names.ts';

/** Where a measuring program runs: on the host itself, in a guest's namespace, or in a VM, through its agent. */
export type MeasurePlace =
  | { readonly in: 'host' }
  | { readonly in: 'netns'; readonly guest: GuestName }
  | {
      readonly in: 'vm';
      readonly guest: GuestName;
      /** Who runs the VM; systemd by default. */
      readonly manager?: 'libvirt';
    };

/** One measuring program on one host: plain data that crosses the line. */
export interface MeasureRequest {
  readonly place: MeasurePlace;
  readonly program: MeasureProgram;
  /** When it is ended; at most an hour. */
  readonly timeoutMs: number;
  /** The CPUs that it may use; all by default. */
  readonly cpus?: readonly number[];
}

/** Everything that a host can be made to run. Addresses are IPv4 or IPv6, without prefix lengths. */
export type MeasureProgram =
  | Iperf3Version
  | Iperf3Server
  | Iperf3Client
  | Ping
  | Tracepath
  | OwnProbe
  | Wire
  | Stream
  | Trips;

/** Prints its version, and ends. */
export interface Iperf3Version {
  readonly name: 'iperf3-version';
}

export interface Iperf3Server {
  readonly name: 'iperf3-server';
  readonly bind?: string;
  /** 1–65535. */
  readonly port: number;
  /** Ends after one client. */
  readonly oneOff?: boolean;
  /** One JSON object at the end instead of text. */
  readonly json?: boolean;
}

export interface Iperf3Client {
  readonly name: 'iperf3';
  readonly to: string;
  readonly bind?: string;
  readonly port: number;
  readonly seconds: number;
  readonly omitSeconds?: number;
  /** Streams in each direction. */
  readonly parallel?: number;
  readonly direction?: 'send' | 'receive' | 'both';
  readonly udp?: boolean;
  /** Limit for each stream in Mb/s; 0 for none. */
  readonly rateMbps?: number;
  /** Bytes handed to the kernel at once. */
  readonly lengthBytes?: number;
  /** Maximum segment size, in bytes. */
  readonly mss?: number;
  readonly zeroCopy?: boolean;
  /** Lines of text while it runs, instead of one JSON object at the end. */
  readonly text?: boolean;
}

export interface Ping {
  readonly name: 'ping';
  readonly to: string;
  readonly count: number;
  readonly flood?: boolean;
  readonly intervalMs?: number;
  /** Bytes after the ICMP header. */
  readonly sizeBytes?: number;
  readonly dontFragment?: boolean;
  /** How long an answer is waited for. */
  readonly waitMs?: number;
  /** Only the summary. */
  readonly quiet?: boolean;
}

export interface Tracepath {
  readonly name: 'tracepath';
  readonly to: string;
}

/** A program of vflane's own, by its role; its arguments are checked where they are read. */
export interface OwnProbe {
  readonly name: 'probe';
  readonly role: string;
  readonly spec: unknown;
}

/** Frames as they are on a netdev. */
export type Wire = WireListener | WireSender;

/** Prints "ready", and then, for each incoming frame that contains `magic`, the number that follows it. */
export interface WireListener {
  readonly name: 'wire-listen';
  readonly netdev: string;
  /** Eight bytes in hexadecimal. */
  readonly magic: string;
}

/** Sends frames as they are, and prints how many. */
export interface WireSender {
  readonly name: 'wire-send';
  readonly netdev: string;
  /** In hexadecimal, from the destination's MAC on, without the checksum. */
  readonly frames: readonly string[];
}

/** One end of a stream of numbered datagrams in both directions; what it says is in src/measure/stream-line.ts. */
export interface Stream {
  readonly name: 'stream';
  /** Its own address, and the other end's. */
  readonly local: string;
  readonly peer: string;
  /** Of both ends, 1–65535. */
  readonly port: number;
  /** Between two datagrams, in microseconds: 100–1 000 000. */
  readonly intervalUs: number;
  /** Datagrams of another run are ignored: less than 2³². */
  readonly run: number;
  /** A bond there, whose active member it reports. */
  readonly bond?: IfName;
}

/** Round trips, one request at a time: the end that answers, or the one that asks (src/measure/round-trips.ts). */
export interface Trips {
  readonly name: 'trips-answer' | 'trips-ask';
  readonly protocol: 'tcp' | 'udp';
  /** The address of the end that answers, and its port, 1–65535. */
  readonly at: string;
  readonly port: number;
  /** How long to ask: 100–600 000. */
  readonly ms: number;
}

/** How it ended. Its output went to the listener, line by line. */
export type Measured =
  | {
      readonly kind: 'ended';
      readonly exitCode: number;
      readonly stderr: string;
      /** Why it was stopped early. */
      readonly cut?: 'deadline' | 'stopped' | 'too-much';
      readonly ms: number;
    }
  /** It was not started. */
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

export type OnLine = (line: string) => void;
