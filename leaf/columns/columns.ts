/**
 * Columns: given a document, its values. A row may be empty or hold many; all rows lie end to end and row `docId` is
 * `starts[docId]` up to `starts[docId + 1]`.
 */
import type { Steps } from '../schedule/steps.ts';
import { outerBoundsOf, packedCount, packNumbers, valueBoundsOf, type NumberBounds } from './packed-numbers.ts';
import { UnpackedList } from './unpacked-list.ts';
import { ValueBlocks } from './value-blocks.ts';

export interface NumberColumn {
  /** One more than there are documents. */
  readonly starts: Uint32Array;
  /** Values as written, repeats kept. */
  readonly values: Float64Array;
}

export interface OrdinalColumn {
  /** One more than there are documents. */
  readonly starts: Uint32Array;
  /** Ordinals in the field's dictionary, as written, repeats kept. */
  readonly ordinals: Uint32Array;
}

/** A column of a segment that was opened. */
export interface OpenedColumn {
  /** Whether no row has more than one value. */
  readonly isOptional: boolean;
  /** Whether every row has exactly one value, so that `starts` says nothing. */
  readonly isSingle: boolean;
  /** No row has more values; 0 where none has any. At no cost. */
  readonly mostValues: number;
  /** Unpacks it, so that reading it costs nothing. Who does not may wait for as long as it takes. */
  unpack(): Steps<void>;
  /** The same of `starts` alone. */
  unpackStarts(): Steps<void>;
}

/** A column of numbers of a segment that was opened. */
export interface OpenedNumberColumn extends NumberColumn, OpenedColumn {
  /** Bounds that no value is beyond, at no cost, where all are whole; null where only the values tell. */
  readonly outerBounds: NumberBounds | null;
  /** No sum of values is further from 0, each taken once; Infinity where they are not known to be whole. */
  readonly reach: number;
  /** Bounds of any values: where nothing is written of them they are looked at, and none is kept. */
  valueBounds(): NumberBounds;
  /** The same of each block of documents, as it is asked for. */
  readonly blocks: ValueBlocks;
}

/** The lengths of the rows, packed. */
export function packStarts(starts: Uint32Array): Uint8Array {
  const counts = new Uint32Array(starts.length - 1);
  for (let i = 0; i < counts.length; i++) counts[i] = starts[i + 1]! - starts[i]!;
  return packNumbers(counts);
}

/** Each start is the sum of the lengths before it. */
class UnpackedStarts extends UnpackedList<Uint32Array> {
  constructor(packedCounts: Uint8Array) {
    super(packedCounts, makeUint32, 1);
  }

  protected override unpacked(starts: Uint32Array, first: number, end: number): void {
    for (let i = first; i < end; i++) starts[i + 1]! += starts[i]!;
  }
}

/** The reverse of `packStarts`. */
export function unpackStarts(packed: Uint8Array): Uint32Array {
  return new UnpackedStarts(packed).all;
}

function makeUint32(length: number): Uint32Array {
  return new Uint32Array(length);
}

function makeFloat64(length: number): Float64Array {
  return new Float64Array(length);
}

/** A packed column. It is unpacked when it is first read, and stays so: most columns of most segments never are. */
abstract class PackedColumn implements OpenedColumn {
  readonly isOptional: boolean;
  readonly isSingle: boolean;
  private readonly packedCounts: Uint8Array;
  private readonly unpackedStarts: UnpackedStarts;

  constructor(packedCounts: Uint8Array) {
    this.packedCounts = packedCounts;
    this.unpackedStarts = new UnpackedStarts(packedCounts);
    const { low, high } = outerBoundsOf(packedCounts) ?? { low: 0, high: Infinity };
    this.isOptional = high <= 1;
    this.isSingle = low === 1 && high === 1;
  }

  get mostValues(): number {
    return Math.max(0, outerBoundsOf(this.packedCounts)?.high ?? 0);
  }

  get starts(): Uint32Array {
    return this.unpackedStarts.all;
  }

  unpackStarts(): Steps<void> {
    return this.unpackedStarts.inSteps();
  }

  *unpack(): Steps<void> {
    yield* this.unpackStarts();
    yield* this.unpacked.inSteps();
  }

  protected abstract readonly unpacked: UnpackedList<Float64Array> | UnpackedList<Uint32Array>;
}

export class PackedNumberColumn extends PackedColumn implements OpenedNumberColumn {
  private readonly packed: Uint8Array;
  protected override readonly unpacked: UnpackedList<Float64Array>;
  private valueBlocks: ValueBlocks | null = null;

  constructor(packedCounts: Uint8Array, packed: Uint8Array) {
    super(packedCounts);
    this.packed = packed;
    this.unpacked = new UnpackedList(packed, makeFloat64);
  }

  get outerBounds(): NumberBounds | null {
    return outerBoundsOf(this.packed);
  }

  get reach(): number {
    const bounds = this.outerBounds;
    const count = packedCount(this.packed);
    if (bounds === null) return Infinity;
    return count === 0 ? 0 : count * Math.max(Math.abs(bounds.low), Math.abs(bounds.high));
  }

  /** The same of any values: where nothing is written of them they are looked at, and none is kept. */
  valueBounds(): NumberBounds {
    return valueBoundsOf(this.packed);
  }

  get blocks(): ValueBlocks {
    return (this.valueBlocks ??= new ValueBlocks(this));
  }

  get values(): Float64Array {
    return this.unpacked.all;
  }
}

export class PackedOrdinalColumn extends PackedColumn implements OrdinalColumn {
  protected override readonly unpacked: UnpackedList<Uint32Array>;

  constructor(packedCounts: Uint8Array, packed: Uint8Array) {
    super(packedCounts);
    this.unpacked = new UnpackedList(packed, makeUint32);
  }

  get ordinals(): Uint32Array {
    return this.unpacked.all;
  }
}
