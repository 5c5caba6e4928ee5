/**
 * A partial at the root's door: every field that is worked with later is validated here, so that a leaf which answers
 * something else fails by itself, and another replica is asked. What is not validated: whether hits are in order, and what
 * is inside of bitmaps and documents. Cost: one check of each shard, hit and bucket; nothing is allocated but the columns of hits.
 */
import { isErrorCode } from '../errors.ts';
import { isObject } from '../json/read-object.ts';
import { isCount, isOffset, isWhole, type Fields } from './partial-fields.ts';
import { messageOf, type PartialOf, type Task } from './tasks/tasks.ts';

/** The header of a `partial` frame as the answer to this task, or undefined when it is none. */
export function readPartial<T extends Task>(task: T, header: unknown, body: Uint8Array): PartialOf<T> | undefined {
  if (!isObject(header) || header['kind'] !== task.kind || !isBase(header)) return undefined;
  return messageOf(task.kind).isAnswer(task, header, body) ? (header as object as PartialOf<T>) : undefined;
}

/** What all partials have. */
function isBase({ shards, failures, documents, offsets, timing, besideSearches }: Fields): boolean {
  if (!Array.isArray(shards) || !Array.isArray(failures) || !isCount(documents) || !isObject(offsets)) return false;
  if (besideSearches !== undefined && besideSearches !== true) return false;
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
