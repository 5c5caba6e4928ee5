import type { Steps } from '../schedule/steps.ts';
import { packedCount, unpackPiece } from './packed-numbers.ts';

/** Numbers of a piece: a multiple of 8. */
const pieceSize = 4096;
/** Numbers unpacked for what looking at a document costs. */
const numbersPerDocument = 2;

/**
 * A packed list that is unpacked when it is first read, and stays so: at once, or before that in steps, which all who need it take
 * together. `from` zeros stand before the numbers.
 */
export class UnpackedList<T extends Float64Array | Uint32Array> {
  private readonly packed: Uint8Array;
  private readonly from: number;
  private readonly makeList: (length: number) => T;
  private list: T | null = null;
  /** Numbers that are unpacked. */
  private done = 0;
  /** The list once all are. */
  private whole: T | null = null;

  constructor(packed: Uint8Array, makeList: (length: number) => T, from = 0) {
    this.packed = packed;
    this.from = from;
    this.makeList = makeList;
  }

  /** All of it. Cost: what is not unpacked yet. */
  get all(): T {
    return (this.whole ??= this.unpackTo(this.count));
  }

  /** Unpacks what is not yet. */
  *inSteps(): Steps<void> {
    if (this.whole !== null) return;
    for (const { count } = this; this.done < count;) {
      const before = this.done;
      this.unpackTo(Math.min(before + pieceSize, count));
      yield (this.done - before) / numbersPerDocument;
    }
  }

  private get count(): number {
    return packedCount(this.packed);
  }

  private unpackTo(end: number): T {
    const list = (this.list ??= this.makeList(this.from + this.count));
    const first = this.done;
    unpackPiece(this.packed, list, { from: this.from, first, end });
    this.unpacked(list, first, end);
    this.done = end;
    return list;
  }

  /** What is done with the numbers of a piece, which are in their places. */
  protected unpacked(_list: T, _first: number, _end: number): void {}
}
