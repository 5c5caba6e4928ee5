/** What searches see of a term shard's replica at one moment, and what can be asked of it. Immutable. */
import type { FieldTerms } from '../../shared/query/query.ts';
import type { FieldStatistics, Statistics } from '../../shared/ranking/statistics.ts';
import { RoaringBitmap32 } from '../../shared/document-sets/roaring.ts';
import type { Live } from '../snapshot/stored-segment.ts';
import type { PostingColumns } from './posting-list.ts';
import type { OwnDocument, TermSegment } from './term-segment.ts';

export interface TermSnapshot {
  readonly kind: 'term';
  /** In the order of the log. */
  readonly segments: readonly Live<TermSegment>[];
  /** Highest log offset that is searchable, −1 before the first. */
  readonly offset: number;
  /** Documents that lie here. */
  readonly documents: number;
}

export function makeTermSnapshot(segments: readonly Live<TermSegment>[], offset: number): TermSnapshot {
  const documents = segments.reduce((sum, { segment }) => sum + segment.ownOrdinals.length, 0);
  return { kind: 'term', segments, offset, documents };
}

/** Documents of the whole index up to the snapshot's offset, whichever shard they lie in. */
export function documentsOfIndex({ segments }: TermSnapshot): number {
  return segments.reduce((sum, { segment }) => sum + segment.documents, 0);
}

/** The documents that hold a term, as a set to be disposed by the caller. Cost: their bytes. */
export function setOfTerm({ segments }: TermSnapshot, field: string, term: string): RoaringBitmap32 {
  const all = new RoaringBitmap32();
  for (const { segment } of segments) {
    const part = segment.find(field, term)?.set();
    if (part === undefined) continue;
    all.orInPlace(part);
    part.dispose();
  }
  return all;
}

/** Every document of the index, as a set to be disposed by the caller. */
export function setOfAll({ segments }: TermSnapshot): RoaringBitmap32 {
  const all = new RoaringBitmap32();
  for (const { segment } of segments) all.addMany(segment.ordinals);
  return all;
}

/** The postings of a term, segment after segment. */
export function columnsOfTerm({ segments }: TermSnapshot, field: string, term: string): PostingColumns[] {
  return segments.flatMap(({ segment }) => segment.find(field, term)?.columns() ?? []);
}

/**
 * The counts that scoring these terms needs, over documents with ordinals up to `cut`. Those of the fields are of the whole
 * index: every shard has the lengths of all documents. Those of the terms are whole where the terms are this shard's.
 */
export function countTermStatistics(snapshot: TermSnapshot, terms: FieldTerms, cut: number): Statistics {
  const fields: Record<string, FieldStatistics> = Object.create(null);
  const frequencies: Record<string, Record<string, number>> = Object.create(null);
  for (const [field, names] of Object.entries(terms)) {
    fields[field] = countField(snapshot, field, cut);
    const counts: Record<string, number> = Object.create(null);
    for (const term of names) counts[term] = countTerm(snapshot, field, term, cut);
    frequencies[field] = counts;
  }
  return { fields, frequencies };
}

/** By field name. What a segment holds never changes, so neither do its counts. */
const countsBySegment = new WeakMap<TermSegment, Map<string, FieldStatistics>>();

function countField({ segments }: TermSnapshot, field: string, cut: number): FieldStatistics {
  let documents = 0;
  let length = 0;
  for (const { segment } of segments) {
    const counts = segment.lastOrdinal <= cut ? wholeCounts(segment, field) : countLengths(segment, field, cut);
    documents += counts.documents;
    length += counts.length;
  }
  return { documents, length };
}

function wholeCounts(segment: TermSegment, field: string): FieldStatistics {
  let byField = countsBySegment.get(segment);
  if (byField === undefined) countsBySegment.set(segment, (byField = new Map()));
  let counts = byField.get(field);
  if (counts === undefined) byField.set(field, (counts = countLengths(segment, field, Infinity)));
  return counts;
}

function countLengths(segment: TermSegment, field: string, cut: number): FieldStatistics {
  const lengths = segment.lengthsOf(field);
  let documents = 0;
  let length = 0;
  if (lengths === null) return { documents, length };
  for (let i = 0; i < lengths.length && segment.ordinals[i]! <= cut; i++) {
    if (lengths[i] === 0) continue;
    documents++;
    length += lengths[i]!;
  }
  return { documents, length };
}

function countTerm({ segments }: TermSnapshot, field: string, term: string, cut: number): number {
  let count = 0;
  for (const { segment } of segments) {
    const list = segment.find(field, term);
    if (list === null) continue;
    if (segment.lastOrdinal <= cut) count += list.documents;
    else for (const ordinal of list.columns().ordinals) if (ordinal <= cut) count++;
  }
  return count;
}

/** The document with an ordinal if it lies here, or null. */
export function findByOrdinal({ segments }: TermSnapshot, ordinal: number): OwnDocument | null {
  for (const { segment } of segments) {
    if (segment.lastOrdinal < ordinal) continue;
    const position = segment.positionOfOrdinal(ordinal);
    return position < 0 ? null : segment.ownDocument(position);
  }
  return null;
}

/** The latest document with a key that lies here, or null. Cost: a binary search for each segment. */
export function findByKey({ segments }: TermSnapshot, key: string): OwnDocument | null {
  for (const { segment } of segments.toReversed()) {
    const position = segment.positionOfKey(key);
    if (position >= 0) return segment.ownDocument(position);
  }
  return null;
}
