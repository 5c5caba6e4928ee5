import { currentAnalysis, type AnalysisVersion } from '../../shared/analysis/analysis-version.ts';
import { isAnalyzed } from '../../shared/schema/find-field.ts';
import { definitionOf } from '../../shared/schema/kinds/field-kinds.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { hashKeys } from '../documents/key-table.ts';
import { sourceAt, StoredWriter } from '../documents/stored.ts';
import type { StoredContents } from '../documents/stored.ts';
import { segmentLayout, type FieldContents } from '../segment/layouts/segment-layouts.ts';
import { writeSegment } from '../segment/write.ts';
import type { LiveSegment } from '../snapshot/snapshot.ts';
import type { DocumentOrder } from './document-order.ts';
import { mergeByteRows } from './merge-rows.ts';
import { orderDocuments } from './order-documents.ts';

export interface MergedSegment {
  readonly buffer: SharedArrayBuffer;
  /** By input: new docId by old one, 0xffffffff where the document was deleted. */
  readonly docIdMaps: Uint32Array[];
}

/**
 * Merges segments by their structure: no document is parsed and no text analysed. The documents come in the order of
 * their log offsets. With the same fields, the bytes are those of a segment built from the surviving documents; only that
 * dictionaries cut a text that has been deleted stays on record.
 *
 * @param fields the fields of the result; one that an input lacks has no values there
 * @param inputs segments without a live key in common, none outdated; best in the order of the log
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
    analyses: fields.map((field) => mergeAnalyses(field, inputs)),
    offsets: mergeOffsets(order, inputs),
    versions: mergeNumbers(order, inputs, 'versions'),
    origins: mergeNumbers(order, inputs, 'origins'),
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

function mergeNumbers(
  order: DocumentOrder,
  inputs: readonly LiveSegment[],
  column: 'versions' | 'origins',
): Float64Array {
  const numbers = new Float64Array(order.documents);
  const only = inputs[0]?.segment[column].only;
  if (only !== undefined && inputs.every(({ segment }) => segment[column].only === only)) return numbers.fill(only);
  for (let docId = 0; docId < order.documents; docId++) {
    numbers[docId] = inputs[order.inputs[docId]!]!.segment[column].at(order.docIds[docId]!);
  }
  return numbers;
}

function mergeAnalyses(field: IndexedField, inputs: readonly LiveSegment[]): AnalysisVersion | undefined {
  if (!isAnalyzed(field)) return undefined;
  return currentAnalysis(inputs.some(({ segment }) => segment.analyses.get(field.name)?.icu !== undefined));
}

function mergeField(order: DocumentOrder, field: IndexedField, inputs: readonly LiveSegment[]): FieldContents {
  const { layout } = definitionOf(field.kind);
  const found = inputs.map(({ segment }) => segment.fieldsByName.get(field.name) ?? null);
  const other = found.find((input) => input !== null && input.kind !== layout);
  if (other) throw new Error(`field ${field.name} is ${other.kind} in a segment, not ${layout}`);
  return segmentLayout(layout).merge(order, found);
}
