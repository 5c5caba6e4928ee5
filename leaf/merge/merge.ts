import type { IndexedField } from '../../shared/schema/schema.ts';
import { hashKeys } from '../documents/key-table.ts';
import { sourceAt, StoredWriter } from '../documents/stored.ts';
import type { StoredContents } from '../documents/stored.ts';
import { encodeLengths } from '../score/field-lengths.ts';
import { contentsKind } from '../segment/contents.ts';
import type { FieldContents } from '../segment/contents.ts';
import type { SegmentField } from '../segment/open.ts';
import { writeSegment } from '../segment/write.ts';
import type { LiveSegment } from '../snapshot/snapshot.ts';
import { orderDocuments } from './document-order.ts';
import type { DocumentOrder } from './document-order.ts';
import { mergeBitsets, mergeByteRows, mergeNumbers, mergeOrdinals, mergeScalars } from './merge-rows.ts';
import { mergeTerms } from './merge-terms.ts';

export interface MergedSegment {
  readonly buffer: SharedArrayBuffer;
  /** By input: new docId by old one, 0xffffffff where the document was deleted. */
  readonly docIdMaps: Uint32Array[];
}

/**
 * Merges segments by their structure: no document is parsed and no text analysed. The documents come in the order of
 * their log offsets. With the same fields, the bytes are those of a segment built from the surviving documents.
 *
 * @param fields the fields of the result; one that an input lacks has no values there
 * @param inputs segments without a live key in common; best in the order of the log
 */
export function mergeSegments(fields: readonly IndexedField[], inputs: readonly LiveSegment[]): MergedSegment {
  const order = orderDocuments(inputs);
  const keys = mergeByteRows(
    order,
    inputs.map((live) => live.segment.keys),
  );
  const sources = mergeSources(order, inputs);
  const buffer = writeSegment({
    fields,
    fieldContents: fields.map((field) => mergeField(order, field, inputs)),
    offsets: mergeOffsets(order, inputs),
    keys: { ...keys, slots: hashKeys(keys.starts, keys.bytes) },
    sources,
  });
  return { buffer, docIdMaps: order.maps };
}

function mergeSources(order: DocumentOrder, inputs: readonly LiveSegment[]): StoredContents {
  const writer = new StoredWriter();
  for (let docId = 0; docId < order.documents; docId++) {
    writer.add(sourceAt(inputs[order.inputs[docId]!]!.segment.sources, order.docIds[docId]!));
  }
  return writer.finish();
}

function mergeOffsets(order: DocumentOrder, inputs: readonly LiveSegment[]): Float64Array {
  const offsets = new Float64Array(order.documents);
  for (let docId = 0; docId < order.documents; docId++) {
    offsets[docId] = inputs[order.inputs[docId]!]!.segment.offsets[order.docIds[docId]!]!;
  }
  return offsets;
}

function mergeField(order: DocumentOrder, field: IndexedField, inputs: readonly LiveSegment[]): FieldContents {
  switch (contentsKind(field.kind)) {
    case 'text':
      return mergeText(order, ofKind(inputs, field, 'text'));
    case 'keyword':
      return mergeKeyword(order, ofKind(inputs, field, 'keyword'));
    case 'number': {
      const columns = ofKind(inputs, field, 'number').map((input) => input?.column ?? null);
      return { kind: 'number', column: mergeNumbers(order, columns) };
    }
  }
}

type FieldOf<K extends SegmentField['kind']> = Extract<SegmentField, { kind: K }>;

/** The field in each input, null where an input lacks it. */
function ofKind<K extends SegmentField['kind']>(
  inputs: readonly LiveSegment[],
  field: IndexedField,
  kind: K,
): (FieldOf<K> | null)[] {
  return inputs.map((live) => {
    const found = live.segment.fieldsByName.get(field.name);
    if (found === undefined) return null;
    if (found.kind !== kind) throw new Error(`field ${field.name} is ${found.kind} in a segment, not ${kind}`);
    return found as FieldOf<K>;
  });
}

function mergeText(order: DocumentOrder, inputs: readonly (FieldOf<'text'> | null)[]): FieldContents {
  const lengths = mergeScalars(
    order,
    inputs.map((input) => input?.readLengths() ?? null),
  );
  const encoded = encodeLengths(lengths);
  const { terms } = mergeTerms(order, inputs, encoded);
  const presence = mergeBitsets(
    order,
    inputs.map((input) => input?.presence ?? null),
  );
  return { kind: 'text', terms, lengths, lengthCodes: encoded.codes, presence };
}

function mergeKeyword(order: DocumentOrder, inputs: readonly (FieldOf<'keyword'> | null)[]): FieldContents {
  const termInputs = inputs.map((input) => (input === null ? null : { ...input, positions: null }));
  const { terms, ordinalMaps } = mergeTerms(order, termInputs, null);
  const columns = inputs.map((input) => input?.column ?? null);
  return { kind: 'keyword', terms, column: mergeOrdinals(order, columns, ordinalMaps) };
}
