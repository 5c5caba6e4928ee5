import { noOrigin } from '../../shared/judge/key-state.ts';
import { buildPathTree, forEachValue } from '../../shared/schema/extract.ts';
import type { DocumentVisitor, PathTree } from '../../shared/schema/extract.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { encodeTerms } from '../dictionary/term-numbering.ts';
import { hashKeys } from '../documents/key-table.ts';
import type { KeyContents } from '../documents/key-table.ts';
import { StoredWriter } from '../documents/stored.ts';
import type { StoredContents } from '../documents/stored.ts';
import type { SegmentContents } from './contents.ts';
import { FieldInput } from './field-input.ts';
import { writeSegment } from './write.ts';

export interface SegmentDocument {
  readonly key: string;
  /** Log offset of its put. */
  readonly offset: number;
  /**
   * Its JSON as sent: an object that fits the schema as it was then. What of it does not fit a field that came later is stored
   * and not found, as it was before the field was there.
   */
  readonly source: Uint8Array;
  /** How often the document of its key has changed, this included; 1 where it is left out. */
  readonly version?: number;
  /** Of what it is a copy; `noOrigin` where it is left out. */
  readonly origin?: number;
}

/**
 * Builds a segment. docIds follow the order given. The same input gives the same bytes.
 *
 * @param documents with distinct keys and ascending offsets
 * @throws Error when a key is there twice or offsets do not ascend: these are faults of the program
 */
export function buildSegment(
  fields: readonly IndexedField[],
  documents: readonly SegmentDocument[],
): SharedArrayBuffer {
  const inputs = fields.map((field) => new FieldInput(field, documents.length));
  indexValues(inputs, documents);
  const contents: SegmentContents = {
    fields,
    fieldContents: inputs.map((input) => input.finish()),
    analyses: inputs.map(({ analysis }) => analysis),
    offsets: ascendingOffsets(documents),
    versions: numbersOf(documents, ({ version = 1 }) => version),
    origins: numbersOf(documents, ({ origin = noOrigin }) => origin),
    keys: storeKeys(documents),
    sources: storeSources(documents),
  };
  return writeSegment(contents);
}

function indexValues(inputs: readonly FieldInput[], documents: readonly SegmentDocument[]): void {
  const tree = treeOf(inputs);
  const visitor: DocumentVisitor<FieldInput[]> = {
    value(targets, value) {
      for (const input of targets) input.add(value);
    },
  };
  for (const { source } of documents) {
    const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString();
    forEachValue(JSON.parse(text) as object, tree, visitor);
    for (const input of inputs) input.endDocument();
  }
}

/** By path: one may be indexed in several ways. */
function treeOf(inputs: readonly FieldInput[]): PathTree<FieldInput[]> {
  const byPath = new Map<string, FieldInput[]>();
  for (const input of inputs) {
    const { path } = input.field;
    byPath.set(path, [...(byPath.get(path) ?? []), input]);
  }
  return buildPathTree(byPath);
}

function ascendingOffsets(documents: readonly SegmentDocument[]): Float64Array {
  const offsets = Float64Array.from(documents, (document) => document.offset);
  for (let i = 1; i < offsets.length; i++) {
    if (!(offsets[i]! > offsets[i - 1]!)) throw new Error(`offset ${offsets[i]} after ${offsets[i - 1]}`);
  }
  return offsets;
}

function numbersOf(
  documents: readonly SegmentDocument[],
  numberOf: (document: SegmentDocument) => number,
): Float64Array {
  const numbers = new Float64Array(documents.length);
  for (let docId = 0; docId < numbers.length; docId++) numbers[docId] = numberOf(documents[docId]!);
  return numbers;
}

function storeKeys(documents: readonly SegmentDocument[]): KeyContents {
  const { starts, bytes } = encodeTerms(documents.map((document) => document.key));
  return { starts, bytes, slots: hashKeys(starts, bytes) };
}

function storeSources(documents: readonly SegmentDocument[]): StoredContents {
  const writer = new StoredWriter();
  for (const { source } of documents) writer.add(source);
  return writer.finish();
}
