import { readNearName, type NearWord } from '../../shared/query/near-name.ts';
import type { FieldTerms } from '../../shared/query/query.ts';
import type { FieldStatistics, Statistics } from '../../shared/ranking/statistics.ts';
import { atOnce } from '../schedule/steps.ts';
import type { Steps } from '../schedule/steps.ts';
import { hasBit } from '../columns/bitset.ts';
import type { TermPlace } from '../dictionary/dictionary-writer.ts';
import { countLive as countLiveMembers } from '../evaluate/document-set.ts';
import { documentsNear } from '../evaluate/near-documents.ts';
import { termFieldOf } from '../segment/fields-of.ts';
import { FuzzyCache } from '../expand/fuzzy-cache.ts';
import { PostingBlocks } from '../postings/posting-blocks.ts';
import type { Postings } from '../postings/posting-blocks.ts';
import type { LiveSegment, Snapshot } from '../snapshot/snapshot.ts';
import { countedLengths } from './counted-lengths.ts';

/** What looking a term up in a segment or two costs, in documents. */
const termCost = 4;

/**
 * The counts that scoring these terms needs, over the live documents of one shard; they add over shards. In a keyword
 * field the length of a document is the number of its values.
 *
 * Cost: a lookup a term and segment, and where documents are deleted a pass over the term's postings; for a misspelt word
 * (near-name.ts) a pass over the dictionary and the postings of what is near. Lengths are summed once for each segment and
 * set of deletions.
 */
export function* statisticsInSteps(snapshot: Snapshot, terms: FieldTerms, cache: FuzzyCache): Steps<Statistics> {
  const fields: Record<string, FieldStatistics> = Object.create(null);
  const frequencies: Record<string, Record<string, number>> = Object.create(null);
  for (const [name, names] of Object.entries(terms)) {
    fields[name] = sumFields(snapshot, name);
    const counts: Record<string, number> = Object.create(null);
    for (const term of names) {
      const near = readNearName(term);
      counts[term] = near === null ? countTerm(snapshot, name, term) : yield* countNear(snapshot, name, near, cache);
      yield termCost;
    }
    frequencies[name] = counts;
  }
  return { fields, frequencies };
}

/** The same at once, remembering nothing. */
export function countStatistics(snapshot: Snapshot, terms: FieldTerms): Statistics {
  return atOnce(statisticsInSteps(snapshot, terms, new FuzzyCache()));
}

/** Live documents with a term that a misspelt word may be meant for. */
function* countNear(snapshot: Snapshot, name: string, word: NearWord, cache: FuzzyCache): Steps<number> {
  let count = 0;
  for (const { segment, deleted } of snapshot.segments) {
    const field = termFieldOf(segment, name);
    const documents = field === null ? null : yield* documentsNear({ segment, field, word, cache });
    if (documents !== null) count += countLiveMembers(documents, deleted);
  }
  return count;
}

function sumFields(snapshot: Snapshot, name: string): FieldStatistics {
  let documents = 0;
  let length = 0;
  for (const live of snapshot.segments) {
    const counts = fieldCounts(live, name);
    documents += counts.documents;
    length += counts.length;
  }
  return { documents, length };
}

/** By field name. What a live segment holds never changes, so neither do its counts. */
const countsBySegment = new WeakMap<LiveSegment, Map<string, FieldStatistics>>();

function fieldCounts(live: LiveSegment, name: string): FieldStatistics {
  let byField = countsBySegment.get(live);
  if (byField === undefined) countsBySegment.set(live, (byField = new Map()));
  let counts = byField.get(name);
  if (counts === undefined) {
    const field = live.segment.fieldsByName.get(name);
    counts = countLengths(live, field === undefined ? null : countedLengths(field));
    byField.set(name, counts);
  }
  return counts;
}

function countLengths({ deleted }: LiveSegment, lengths: Uint32Array | null): FieldStatistics {
  let documents = 0;
  let length = 0;
  for (let docId = 0; docId < (lengths?.length ?? 0); docId++) {
    const own = lengths![docId]!;
    if (own === 0 || (deleted !== null && hasBit(deleted, docId))) continue;
    documents++;
    length += own;
  }
  return { documents, length };
}

function countTerm(snapshot: Snapshot, name: string, term: string): number {
  let count = 0;
  for (const { segment, deleted } of snapshot.segments) {
    const field = termFieldOf(segment, name);
    if (field === null) continue;
    const place = field.dictionary.locate(term);
    if (place !== null) count += deleted === null ? place.documents : countLive(field.postings, place, deleted);
  }
  return count;
}

function countLive(postings: Postings, place: TermPlace, deleted: Uint32Array): number {
  const list = new PostingBlocks(postings, place);
  let count = 0;
  for (let block = 0; block < list.blocks; block++) {
    list.load(block);
    for (let i = 0; i < list.count; i++) if (!hasBit(deleted, list.docIds[i]!)) count++;
  }
  return count;
}
