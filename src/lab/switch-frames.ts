/** QEMU's stream netdev puts the length, four bytes big-endian, before every frame (net/stream.c). */
export function withLength(frame: Buffer): Buffer {
  const out = Buffer.allocUnsafe(4 + frame.length);
  out.writeUInt32BE(frame.length, 0);
  frame.copy(out, 4);
  return out;
}

/** The largest frame QEMU sends: 64 KiB of segmentation offload and its headers (NET_BUFSIZE). */
const longestFrame = 4096 + 65536;

/** Cuts a stream into frames. `push` throws on an impossible length: the stream is then out of step for good. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): readonly Buffer[] {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Buffer[] = [];
    let at = 0;
    while (data.length - at >= 4) {
      const length = data.readUInt32BE(at);
      if (length > longestFrame) throw new RangeError(`a frame of ${length} bytes`);
      if (data.length - at - 4 < length) break;
      frames.push(data.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    this.#rest = data.subarray(at);
    return frames;
  }
}
