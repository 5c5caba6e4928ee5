/** Merging what is kept by document: rows are copied in the new order. */
import type { NumberColumn, OrdinalColumn } from '../columns/columns.ts';
import { hasBit, makeBitset, setBit } from '../columns/bitset.ts';
import type { DocumentOrder } from './document-order.ts';

interface ByteRows {
  readonly starts: Uint32Array;
  readonly bytes: Uint8Array;
}

/** Where the rows begin when those of the inputs are put in the new order; an input without the column has none. */
function mergeStarts(order: DocumentOrder, inputs: readonly (Uint32Array | null)[]): Uint32Array {
  const starts = new Uint32Array(order.documents + 1);
  let end = 0;
  for (let docId = 0; docId < order.documents; docId++) {
    const rows = inputs[order.inputs[docId]!]!;
    const old = order.docIds[docId]!;
    if (rows !== null) end += rows[old + 1]! - rows[old]!;
    starts[docId + 1] = end;
  }
  if (end > 0xffffffff) throw new RangeError(`${end} values or bytes in one column of a segment`);
  return starts;
}

export function mergeByteRows(order: DocumentOrder, inputs: readonly ByteRows[]): ByteRows {
  const starts = mergeStarts(
    order,
    inputs.map((input) => input.starts),
  );
  const bytes = new Uint8Array(starts[order.documents]!);
  for (let docId = 0; docId < order.documents; docId++) {
    const input = inputs[order.inputs[docId]!]!;
    const old = order.docIds[docId]!;
    bytes.set(input.bytes.subarray(input.starts[old], input.starts[old + 1]), starts[docId]);
  }
  return { starts, bytes };
}

export function mergeNumbers(order: DocumentOrder, inputs: readonly (NumberColumn | null)[]): NumberColumn {
  const starts = mergeStarts(
    order,
    inputs.map((input) => input?.starts ?? null),
  );
  const values = new Float64Array(starts[order.documents]!);
  for (let docId = 0; docId < order.documents; docId++) {
    const input = inputs[order.inputs[docId]!];
    const old = order.docIds[docId]!;
    let from = input?.starts[old] ?? 0;
    for (let to = starts[docId]!; to < starts[docId + 1]!; to++) values[to] = input!.values[from++]!;
  }
  return { starts, values };
}

/** @param ordinalMaps by input: new ordinal by old one */
export function mergeOrdinals(
  order: DocumentOrder,
  inputs: readonly (OrdinalColumn | null)[],
  ordinalMaps: readonly Uint32Array[],
): OrdinalColumn {
  const starts = mergeStarts(
    order,
    inputs.map((input) => input?.starts ?? null),
  );
  const ordinals = new Uint32Array(starts[order.documents]!);
  for (let docId = 0; docId < order.documents; docId++) {
    const which = order.inputs[docId]!;
    const input = inputs[which];
    const map = ordinalMaps[which]!;
    let from = input?.starts[order.docIds[docId]!] ?? 0;
    for (let to = starts[docId]!; to < starts[docId + 1]!; to++) ordinals[to] = map[input!.ordinals[from++]!]!;
  }
  return { starts, ordinals };
}

/** One number a document; 0 where an input has none. */
export function mergeScalars(order: DocumentOrder, inputs: readonly (Uint32Array | null)[]): Uint32Array {
  const merged = new Uint32Array(order.documents);
  for (let docId = 0; docId < order.documents; docId++) {
    merged[docId] = inputs[order.inputs[docId]!]?.[order.docIds[docId]!] ?? 0;
  }
  return merged;
}

export function mergeBitsets(order: DocumentOrder, inputs: readonly (Uint32Array | null)[]): Uint32Array {
  const merged = makeBitset(order.documents);
  for (let docId = 0; docId < order.documents; docId++) {
    const words = inputs[order.inputs[docId]!]!;
    if (words !== null && hasBit(words, order.docIds[docId]!)) setBit(merged, docId);
  }
  return merged;
}
