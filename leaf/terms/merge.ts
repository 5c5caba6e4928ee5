/** Term segments that follow one another in the log, as one. No document is parsed and no text analysed. */
import type { IndexedField } from '../../shared/schema/schema.ts';
import { StoredWriter, type StoredContents } from '../documents/stored.ts';
import type { Live } from '../snapshot/stored-segment.ts';
import { PostingsWriter, writeTermSegment, type EncodedPostings } from './contents.ts';
import type { PostingColumns, PostingList } from './posting-list.ts';
import type { TermSegment } from './term-segment.ts';

/**
 * The bytes are those of a segment built from all the documents with these fields.
 * @param fields of the result; one that an input lacks has no values there
 * @param inputs at least one, in the order of the log
 */
export function mergeTermSegments(
  fields: readonly IndexedField[],
  inputs: readonly Live<TermSegment>[],
): SharedArrayBuffer {
  const segments = inputs.map(({ segment }) => segment);
  return writeTermSegment({
    place: segments[0]!.place,
    ordinals: joinWords(segments.map(({ ordinals }) => ordinals)),
    fields: fields.map(({ name }) => ({ name, lengths: joinWords(segments.map((one) => lengthsIn(one, name))) })),
    terms: mergeTerms(segments),
    keys: segments.flatMap((segment) => Array.from(segment.ownOrdinals, (_, position) => segment.keyAt(position))),
    sources: mergeSources(segments),
  });
}

function lengthsIn(segment: TermSegment, field: string): Uint32Array {
  return segment.lengthsOf(field) ?? new Uint32Array(segment.documents);
}

function mergeSources(segments: readonly TermSegment[]): StoredContents {
  const writer = new StoredWriter();
  for (const segment of segments) {
    for (let position = 0; position < segment.ownOrdinals.length; position++) {
      writer.add(segment.ownDocument(position).source);
    }
  }
  return writer.finish();
}

/** The least name of all that are next comes next. Cost: a comparison for each term and segment, and the postings. */
function mergeTerms(segments: readonly TermSegment[]): EncodedPostings {
  const writer = new PostingsWriter();
  const next = segments.map(() => 0);
  for (;;) {
    const name = leastName(segments, next);
    if (name === null) return writer.finish();
    const lists: PostingList[] = [];
    segments.forEach((segment, i) => {
      const at = next[i]!;
      if (at >= segment.terms || Buffer.compare(segment.nameAt(at), name) !== 0) return;
      lists.push(segment.postingsAt(at));
      next[i] = at + 1;
    });
    writer.add(name, joinColumns(lists.map((list) => list.columns())));
  }
}

function leastName(segments: readonly TermSegment[], next: readonly number[]): Uint8Array | null {
  let least: Uint8Array | null = null;
  segments.forEach((segment, i) => {
    if (next[i]! >= segment.terms) return;
    const name = segment.nameAt(next[i]!);
    if (least === null || Buffer.compare(name, least) < 0) least = name;
  });
  return least;
}

function joinColumns(columns: readonly PostingColumns[]): PostingColumns {
  const isText = columns.every(({ frequencies }) => frequencies !== null);
  return {
    ordinals: joinWords(columns.map(({ ordinals }) => ordinals)),
    frequencies: isText ? joinWords(columns.map(({ frequencies }) => frequencies!)) : null,
    lengthCodes: isText ? Buffer.concat(columns.map(({ lengthCodes }) => lengthCodes!)) : null,
  };
}

function joinWords(parts: readonly (Uint8Array | Uint32Array)[]): Uint32Array {
  const joined = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
