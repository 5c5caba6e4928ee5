import { GrowingBytes } from '../columns/growing-bytes.ts';
import { bitsOf } from '../columns/packed-numbers.ts';
import { blockSize } from '../postings/packed-block.ts';
import type { TermList } from '../postings/term-list.ts';

/** In place of a number of bits: variable bytes. */
export const variableBytes = 255;

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
      out.setUint32(start + 4 * block, out.length - start);
      const end = Math.min((block + 1) * blockSize, documents);
      let to = from;
      for (let i = block * blockSize; i < end; i++) to += frequencies[i]!;
      if (end - block * blockSize === blockSize) this.writeBlock(steps, from, to);
      else this.writeVariable(steps, from, to);
      from = to;
    }
  }

  private writeBlock(steps: Uint32Array, from: number, to: number): void {
    let any = 0;
    let variable = 0;
    for (let i = from; i < to; i++) {
      any |= steps[i]!;
      variable += variableSize(steps[i]!);
    }
    const bits = bitsOf(any);
    const packs = Math.ceil(((to - from) * bits) / 8) <= variable;
    this.out.byte(packs ? bits : variableBytes);
    if (packs) this.writePacked(steps, from, to, bits);
    else this.writeVariable(steps, from, to);
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

function variableSize(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : 4;
}
