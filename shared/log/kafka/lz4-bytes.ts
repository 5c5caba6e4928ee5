/** How much a frame of LZ4 unpacks to, found without unpacking it: the lengths in its blocks are added up, each byte looked at once at most. Pure. */

const magic = 0x18_4d_22_04;
const headerBytes = 7;
/** A block of this bit is stored as it is. */
const storedBit = 0x80_00_00_00;
const matchBytesMin = 4;
/** A length of four bits that goes on in the bytes behind, each of which may be 255 and go on, too. */
const goesOn = 15;

/** @throws Error where it is no frame of LZ4. One that is damaged further on has any size: whoever unpacks it finds that. */
export function lz4Bytes(bytes: Buffer): number {
  if (bytes.length < headerBytes || bytes.readUInt32LE(0) !== magic) throw new Error('no frame of LZ4');
  const flags = bytes[4]!;
  const hasContentSize = (flags & 8) !== 0;
  const hasDictionary = (flags & 1) !== 0;
  const checksumBytes = (flags & 16) === 0 ? 0 : 4;
  let sizeBytes = 0;
  let at = headerBytes + (hasContentSize ? 8 : 0) + (hasDictionary ? 4 : 0);
  while (at + 4 <= bytes.length) {
    const said = bytes.readUInt32LE(at);
    if (said === 0) break;
    const isStored = said >= storedBit;
    const length = isStored ? said - storedBit : said;
    const block = bytes.subarray(at + 4, at + 4 + length);
    sizeBytes += isStored ? length : blockBytes(block);
    at += 4 + length + checksumBytes;
  }
  return sizeBytes;
}

/** A block is sequences: a token with two lengths, literals, and how far back the copy is that follows; the last ends with its literals. */
function blockBytes(block: Uint8Array): number {
  const end = block.length;
  let sizeBytes = 0;
  let at = 0;
  while (at < end) {
    const token = block[at++]!;
    let literals = token >> 4;
    if (literals === goesOn) {
      let more: number;
      do {
        more = at < end ? block[at++]! : 0;
        literals += more;
      } while (more === 255);
    }
    sizeBytes += literals;
    at += literals;
    if (at >= end) break;
    at += 2;
    let copied = token & 15;
    if (copied === goesOn) {
      let more: number;
      do {
        more = at < end ? block[at++]! : 0;
        copied += more;
      } while (more === 255);
    }
    sizeBytes += copied + matchBytesMin;
  }
  return sizeBytes;
}
