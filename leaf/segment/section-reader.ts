import { SheafError } from '../../shared/errors.ts';
import { packedCount } from '../columns/packed-numbers.ts';
import { header, sectionKinds, sectionRowBytes } from './layout.ts';
import type { SectionName } from './layout.ts';

export function corrupt(reason: string): SheafError {
  return new SheafError('SEGMENT_CORRUPT', { detail: { reason } });
}

/**
 * Takes the sections of a segment one after another as typed views, and checks that each is the one expected, lies
 * inside the buffer and is as long as what it describes. Every method throws SheafError SEGMENT_CORRUPT.
 */
export class SectionReader {
  private readonly buffer: SharedArrayBuffer;
  private readonly view: DataView;
  private readonly sections: number;
  private row = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.view = new DataView(buffer);
    this.sections = this.view.getUint32(header.sections, true);
    if (header.table + this.sections * sectionRowBytes > buffer.byteLength) throw corrupt('section table');
  }

  /** @param length how many there must be; undefined where nothing else says so */
  bytes(name: SectionName, length?: number): Uint8Array {
    const { position, sizeBytes } = this.take(name, 1, length);
    return new Uint8Array(this.buffer, position, sizeBytes);
  }

  uint32(name: SectionName, length?: number): Uint32Array {
    const { position, sizeBytes } = this.take(name, 4, length);
    return new Uint32Array(this.buffer, position, sizeBytes / 4);
  }

  /** Packed numbers: see packed-numbers.ts. @param count how many there must be */
  packed(name: SectionName, count?: number): Uint8Array {
    const bytes = this.bytes(name);
    const actual = packedCount(bytes);
    if (actual < 0 || (count !== undefined && actual !== count)) throw corrupt(name);
    return bytes;
  }

  /** Starts of this many rows: one more number than rows. */
  starts(name: SectionName, rows?: number): Uint32Array {
    const starts = this.uint32(name, rows === undefined ? undefined : rows + 1);
    if (starts.length === 0 || starts[0] !== 0) throw corrupt(name);
    return starts;
  }

  /** To be called after the last section. */
  finish(): void {
    if (this.row !== this.sections) throw corrupt('section table');
  }

  private take(
    name: SectionName,
    itemBytes: number,
    length: number | undefined,
  ): { position: number; sizeBytes: number } {
    if (this.row === this.sections) throw corrupt(name);
    const at = header.table + this.row++ * sectionRowBytes;
    if (this.view.getUint32(at, true) !== sectionKinds[name]) throw corrupt(name);
    const position = Number(this.view.getBigUint64(at + 8, true));
    const sizeBytes = Number(this.view.getBigUint64(at + 16, true));
    const expected = length === undefined ? sizeBytes : length * itemBytes;
    if (position % 8 !== 0 || position + sizeBytes > this.buffer.byteLength) throw corrupt(name);
    if (sizeBytes % itemBytes !== 0 || sizeBytes !== expected) throw corrupt(name);
    return { position, sizeBytes };
  }
}
