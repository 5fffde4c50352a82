/** Longer than any frame of the lab. */
const snapLength = 262_144;
const ethernet = 1;

/** The header of a little-endian capture file with microseconds (pcap-savefile(5)). */
export function pcapHeader(): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(snapLength, 16);
  head.writeUInt32LE(ethernet, 20);
  return head;
}

/** One frame of a capture file, seen at `atMs` since 1970. */
export function pcapRecord(frame: Buffer, atMs: number): Buffer {
  const record = Buffer.alloc(16 + frame.length);
  record.writeUInt32LE(Math.floor(atMs / 1000), 0);
  record.writeUInt32LE(Math.floor((atMs % 1000) * 1000), 4);
  record.writeUInt32LE(frame.length, 8);
  record.writeUInt32LE(frame.length, 12);
  frame.copy(record, 16);
  return record;
}
