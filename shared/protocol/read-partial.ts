/**
 * A partial at the root's door: every field that is worked with later is validated here, so that a leaf which answers
 * something else fails by itself, and another replica is asked. What is not validated: whether hits are in order, and what
 * is inside of bitmaps and documents. Cost: one check of each shard, hit and bucket; nothing is allocated.
 */
import { isErrorCode } from '../errors.ts';
import { isObject } from '../json/read-object.ts';
import { limits } from '../limits.ts';
import { areFetchedSources } from './fetched-sources.ts';
import { isHitTable } from './hit-table.ts';
import type { PartialOf, SearchTask, Task } from './tasks.ts';
import { areAggregations } from './are-aggregations.ts';
import { areHitValues, isCount, isOffset, isStatistics, isWhole, sumOfBytes, type Fields } from './partial-fields.ts';

/** The header of a `partial` frame as the answer to this task, or undefined when it is none. */
export function readPartial<T extends Task>(
  task: T,
  header: unknown,
  { length: bodyBytes }: Uint8Array,
): PartialOf<T> | undefined {
  if (!isObject(header) || header['kind'] !== task.kind) return undefined;
  return isBase(header) && isOwn(task, header, bodyBytes) ? (header as object as PartialOf<T>) : undefined;
}

/** What all partials have. */
function isBase({ shards, failures, documents, offsets, timing }: Fields): boolean {
  if (!Array.isArray(shards) || !Array.isArray(failures) || !isCount(documents) || !isObject(offsets)) return false;
  return (
    shards.every((shard) => isWhole(shard) && isOffset(offsets[shard])) && failures.every(isFailure) && isTiming(timing)
  );
}

function isFailure(value: unknown): boolean {
  if (!isObject(value) || !isWhole(value['shard']) || !isErrorCode(value['code'])) return false;
  return value['detail'] === undefined || isObject(value['detail']);
}

function isTiming(value: unknown): boolean {
  return value === undefined || (isObject(value) && isCount(value['queuedUs']) && isCount(value['executedUs']));
}

/** What the kind adds. */
function isOwn(task: Task, partial: Fields, bodyBytes: number): boolean {
  switch (task.kind) {
    case 'search':
      return isSearch(task, partial, bodyBytes);
    case 'fetch':
      return areFetchedSources(partial['found'], bodyBytes);
    case 'statistics':
      return isStatistics(partial['statistics']);
    case 'document':
      return isFound(partial['found']);
    case 'sets':
      return isSets(partial, bodyBytes);
    case 'sources':
      return areSources(partial['found'], bodyBytes);
    case 'refresh':
    case 'rows':
      return true;
  }
}

function isSearch({ sort, aggregations }: SearchTask, partial: Fields, bodyBytes: number): boolean {
  const { total, totalRelation, hits } = partial;
  if (!isCount(total) || (totalRelation !== 'eq' && totalRelation !== 'gte')) return false;
  if (!isHitTable(hits, sort.length, bodyBytes) || !areHitValues(sort, hits)) return false;
  if (!areOfShards(hits.shards, partial['shards'] as readonly number[])) return false;
  return areAggregations(aggregations, partial['aggregations']);
}

const marks = new Uint8Array(limits.shardsMax);

/** Whether every hit is of a shard that is answered for. */
function areOfShards(shardsOfHits: readonly number[], answered: readonly number[]): boolean {
  for (const shard of answered) marks[shard] = 1;
  const are = shardsOfHits.every((shard) => marks[shard] === 1);
  for (const shard of answered) marks[shard] = 0;
  return are;
}

function isFound(value: unknown): boolean {
  return value === null || (isObject(value) && isOffset(value['offset']));
}

function isSets({ sets, nodes, postings, statistics, collection }: Fields, bodyBytes: number): boolean {
  if (!Array.isArray(sets) || !Array.isArray(nodes) || !Array.isArray(postings)) return false;
  const isSet = (value: unknown): boolean => isWhole(value) && value < sets.length;
  const areNodes = nodes.every((each: unknown) => {
    if (!isObject(each) || !isWhole(each['node']) || !isSet(each['set'])) return false;
    return each['parts'] === null || (Array.isArray(each['parts']) && each['parts'].every(isWhole));
  });
  if (!areNodes || !isStatistics(statistics) || !isCount(collection)) return false;
  let bytes = sumOfBytes(sets);
  for (const each of postings as unknown[]) {
    if (!isObject(each) || !isWhole(each['term']) || !isSet(each['set']) || !isWhole(each['documents'])) return false;
    if (each['frequencyBytes'] !== 1 && each['frequencyBytes'] !== 4) return false;
    bytes += each['documents'] * (each['frequencyBytes'] + 1);
  }
  return bytes === bodyBytes;
}

function areSources(found: unknown, bodyBytes: number): boolean {
  if (!Array.isArray(found)) return false;
  let bytes = 0;
  for (const each of found as unknown[]) {
    if (!isObject(each) || !isWhole(each['ordinal']) || typeof each['key'] !== 'string') return false;
    if (!isWhole(each['sourceBytes'])) return false;
    bytes += each['sourceBytes'];
  }
  return bytes === bodyBytes;
}
