import { GrowingBytes } from '../columns/growing-bytes.ts';
import { bitsOf } from '../columns/packed-numbers.ts';
import { blockSize } from '../postings/packed-block.ts';
import type { TermList } from '../postings/term-list.ts';

/** Steps that are packed in bits of their own: as many as make whole bytes, however many bits. */
export const groupSize = 32;

/** Bytes of a whole group at a number of bits. */
export function groupBytes(bits: number): number {
  return bits * (groupSize / 8);
}

/** Lays the positions of terms end to end; segment/README.md is the specification. */
export class PositionsWriter {
  private readonly out = new GrowingBytes();

  /** Bytes written so far: where the next term begins. */
  get length(): number {
    return this.out.length;
  }

  view(): Uint8Array {
    return this.out.view();
  }

  add(list: TermList): void {
    if (list.documents < blockSize) this.writeVariable(list.steps, 0, list.occurrences);
    else this.writeBlocks(list);
  }

  private writeBlocks({ documents, frequencies, steps }: TermList): void {
    const { out } = this;
    const start = out.length;
    const blocks = Math.ceil(documents / blockSize);
    for (let block = 0; block < blocks; block++) out.uint32(0);
    let from = 0;
    for (let block = 0; block < blocks; block++) {
      const end = Math.min((block + 1) * blockSize, documents);
      let to = from;
      for (let i = block * blockSize; i < end; i++) to += frequencies[i]!;
      const isWhole = end - block * blockSize === blockSize;
      if (isWhole) this.writeBits(steps, from, to);
      out.setUint32(start + 4 * block, out.length - start);
      if (isWhole) this.writeGroups(steps, from, to);
      else this.writeVariable(steps, from, to);
      from = to;
    }
  }

  /** The bits of each group, the first one last: found by where the groups begin. */
  private writeBits(steps: Uint32Array, from: number, to: number): void {
    for (let group = Math.ceil((to - from) / groupSize) - 1; group >= 0; group--) {
      const start = from + group * groupSize;
      this.out.byte(bitsOfSteps(steps, start, Math.min(to, start + groupSize)));
    }
  }

  private writeGroups(steps: Uint32Array, from: number, to: number): void {
    for (let start = from; start < to; start += groupSize) {
      const end = Math.min(to, start + groupSize);
      this.writePacked(steps, start, end, bitsOfSteps(steps, start, end));
    }
  }

  private writeVariable(steps: Uint32Array, from: number, to: number): void {
    for (let i = from; i < to; i++) this.out.varint(steps[i]!);
  }

  private writePacked(steps: Uint32Array, from: number, to: number, bits: number): void {
    const { out } = this;
    let waiting = 0;
    let waitingBits = 0;
    for (let i = from; i < to; i++) {
      let value = steps[i]!;
      for (let left = bits; left > 0;) {
        const taken = Math.min(8 - waitingBits, left);
        waiting |= (value & ((1 << taken) - 1)) << waitingBits;
        value >>>= taken;
        left -= taken;
        waitingBits += taken;
        if (waitingBits < 8) continue;
        out.byte(waiting);
        waiting = 0;
        waitingBits = 0;
      }
    }
    if (waitingBits > 0) out.byte(waiting);
  }
}

function bitsOfSteps(steps: Uint32Array, from: number, to: number): number {
  let any = 0;
  for (let i = from; i < to; i++) any |= steps[i]!;
  return bitsOf(any);
}
