/**
 * The partial of a cardinality: the distinct hashes themselves while there are at most as many as the threshold, beyond it
 * the registers they leave (hyper-log-log.ts). Which of both, and every byte of it, follows from the set of hashes alone.
 * Both are base64, because a partial is JSON.
 */
import { registerMax } from './hyper-log-log.ts';

export type CardinalityPartial =
  | {
      readonly kind: 'cardinality';
      /** Ascending, 8 bytes each, little-endian. */
      readonly hashes: string;
    }
  | {
      readonly kind: 'cardinality';
      /** 6 bits each, so that each is one character. */
      readonly registers: string;
    };

/** @param hashes two numbers each, the low half first; sorted in place */
export function encodeHashes(hashes: Uint32Array<ArrayBuffer>): CardinalityPartial {
  // Both orders of bytes are little-endian, as every platform is that runs this.
  new BigUint64Array(hashes.buffer, hashes.byteOffset, hashes.length / 2).sort();
  const bytes = Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength);
  return { kind: 'cardinality', hashes: bytes.toString('base64') };
}

/** Two numbers each, the low half first, ascending; null where the text is none of at most `countMax` distinct ones. */
export function decodeHashes(text: unknown, countMax: number): Uint32Array | null {
  const bytes = decodeBase64(text);
  if (bytes === null || bytes.length % 8 !== 0 || bytes.length / 8 > countMax) return null;
  const hashes = new Uint32Array(bytes.buffer);
  for (let at = 2; at < hashes.length; at += 2) {
    const [high, highBefore] = [hashes[at + 1]!, hashes[at - 1]!];
    if (high < highBefore || (high === highBefore && hashes[at]! <= hashes[at - 2]!)) return null;
  }
  return hashes;
}

export function encodeRegisters(registers: Uint8Array): CardinalityPartial {
  const bytes = Buffer.allocUnsafe((registers.length / 4) * 3);
  for (let i = 0, at = 0; i < registers.length; i += 4) {
    const four = (registers[i]! << 18) | (registers[i + 1]! << 12) | (registers[i + 2]! << 6) | registers[i + 3]!;
    bytes[at++] = four >> 16;
    bytes[at++] = four >> 8;
    bytes[at++] = four;
  }
  return { kind: 'cardinality', registers: bytes.toString('base64') };
}

/** The registers; null where the text is none of this precision. */
export function decodeRegisters(text: unknown, precision: number): Uint8Array | null {
  const bytes = decodeBase64(text);
  const registers = new Uint8Array(2 ** precision);
  if (bytes === null || bytes.length !== (registers.length / 4) * 3) return null;
  const max = registerMax(precision);
  for (let i = 0, at = 0; i < registers.length; at += 3) {
    const four = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    for (let shift = 18; shift >= 0; shift -= 6) {
      const register = (four >> shift) & 63;
      if (register > max) return null;
      registers[i++] = register;
    }
  }
  return registers;
}

/** Bytes of their own; null where a text is not what encoding them makes. */
function decodeBase64(text: unknown): Uint8Array<ArrayBuffer> | null {
  if (typeof text !== 'string') return null;
  const bytes = Buffer.from(text, 'base64');
  // Buffer skips what is not base64.
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : null;
}
