/**
 * Columns: given a document, its values. A row may be empty or hold many; all rows lie end to end and row `docId` is
 * `starts[docId]` up to `starts[docId + 1]`.
 */
import {
  outerBoundsOf,
  packedCount,
  packNumbers,
  unpackNumbers,
  valueBoundsOf,
  type NumberBounds,
} from './packed-numbers.ts';
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

/** The reverse of `packStarts`. */
export function unpackStarts(packed: Uint8Array, rows: number): Uint32Array {
  const starts = unpackNumbers(packed, new Uint32Array(rows + 1), 1);
  for (let i = 0; i < rows; i++) starts[i + 1]! += starts[i]!;
  return starts;
}

/** A packed column. It is unpacked when it is first read, and stays so: most columns of most segments never are. */
class PackedColumn implements OpenedColumn {
  readonly isOptional: boolean;
  readonly isSingle: boolean;
  private readonly rows: number;
  private readonly packedCounts: Uint8Array;
  private unpackedStarts: Uint32Array | null = null;

  constructor(rows: number, packedCounts: Uint8Array) {
    this.rows = rows;
    this.packedCounts = packedCounts;
    const { low, high } = outerBoundsOf(packedCounts) ?? { low: 0, high: Infinity };
    this.isOptional = high <= 1;
    this.isSingle = low === 1 && high === 1;
  }

  get mostValues(): number {
    return Math.max(0, outerBoundsOf(this.packedCounts)?.high ?? 0);
  }

  get starts(): Uint32Array {
    return (this.unpackedStarts ??= unpackStarts(this.packedCounts, this.rows));
  }
}

export class PackedNumberColumn extends PackedColumn implements OpenedNumberColumn {
  private readonly packed: Uint8Array;
  private unpacked: Float64Array | null = null;
  private valueBlocks: ValueBlocks | null = null;

  constructor(rows: number, packedCounts: Uint8Array, packed: Uint8Array) {
    super(rows, packedCounts);
    this.packed = packed;
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
    return (this.unpacked ??= unpackNumbers(this.packed, new Float64Array(packedCount(this.packed))));
  }
}

export class PackedOrdinalColumn extends PackedColumn implements OrdinalColumn {
  private readonly packed: Uint8Array;
  private unpacked: Uint32Array | null = null;

  constructor(rows: number, packedCounts: Uint8Array, packed: Uint8Array) {
    super(rows, packedCounts);
    this.packed = packed;
  }

  get ordinals(): Uint32Array {
    return (this.unpacked ??= unpackNumbers(this.packed, new Uint32Array(packedCount(this.packed))));
  }
}
