/**
 * A partial at the root's door: every field that is worked with later is validated here, so that a leaf which answers
 * something else fails by itself, and another replica is asked. What is not validated: whether hits are in order, and what
 * is inside of bitmaps and documents. Cost: one check of each shard, hit and bucket; nothing is allocated but the columns of hits.
 */
import { allAtOnce, type Steps } from '../aggregation/steps.ts';
import { isErrorCode } from '../errors.ts';
import { parseInSteps } from '../json/parse-in-steps.ts';
import { isObject } from '../json/read-object.ts';
import { isCount, isOffset, isWhole, type Fields } from './partial-fields.ts';
import { messageOf, type PartialOf, type Task } from './tasks/tasks.ts';

/** The header of a `partial` frame as the answer to this task, or undefined when it is none. */
export function readPartial<T extends Task>(task: T, header: unknown, body: Uint8Array): PartialOf<T> | undefined {
  const is = isPartialOf(task, header, body);
  return is === true || (is !== false && allAtOnce(is)) ? (header as object as PartialOf<T>) : undefined;
}

/** The same of a header that is not parsed yet, as it is long; undefined where it is no JSON, too. */
export function* readPartialInSteps<T extends Task>(
  task: T,
  unread: Buffer,
  body: Uint8Array,
): Steps<PartialOf<T> | undefined> {
  let header: unknown;
  try {
    header = yield* parseInSteps(unread);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const is = isPartialOf(task, header, body);
  return is === true || (is !== false && (yield* is)) ? (header as object as PartialOf<T>) : undefined;
}

function isPartialOf(task: Task, header: unknown, body: Uint8Array): boolean | Steps<boolean> {
  if (!isObject(header) || header['kind'] !== task.kind || !isBase(header)) return false;
  return messageOf(task.kind).isAnswer(task, header, body);
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
