/**
 * An entry of the partition of jobs: an entry of kind put, whose body is JSON. Every reader decides alike, from the entries before it,
 * whether one is valid: see job-table.ts. Pure.
 */
import type { CopyBase } from '../catalog/definition.ts';
import type { ErrorBody } from '../errors.ts';
import { isObject } from '../json/read-object.ts';
import { limits } from '../limits.ts';
import type { EntryKind } from '../log/batch.ts';
import { invalidBody, readVersioned, writeVersioned, type EntryFields } from '../log/versioned-body.ts';

/** What became of documents, by how many. */
export const jobCounts = [
  /** That matched. */
  'read',
  'created',
  'updated',
  'deleted',
  /** That would not have changed. */
  'noop',
  /** Changed by somebody else before the job came to it: left as they are. */
  'conflicts',
  /** That cannot be what the job would make of them. */
  'rejected',
  /** Written, and no replica knows any more what came of it. */
  'uncertain',
] as const;
export type JobCount = (typeof jobCounts)[number];
export type JobCounts = Readonly<Record<JobCount, number>>;

export const noCounts: JobCounts = Object.fromEntries(jobCounts.map((name) => [name, 0])) as Record<JobCount, number>;

export const jobKindNames = ['deleteByQuery', 'updateByQuery', 'reindex', 'aggregate'] as const;
export type JobKindName = (typeof jobKindNames)[number];

/** What a job is to do, as it was asked for. */
export interface JobSpec {
  readonly kind: JobKindName;
  /** Name and id of the index that is gone through: one of the same name that is created later is another. */
  readonly index: string;
  readonly indexId: string;
  /** As the caller wrote it; every document where it is left out. */
  readonly query?: unknown;
  /** Of `updateByQuery`: what is laid over each document, as JSON, so that its numbers keep their digits. */
  readonly partial?: string;
  /** Of `reindex`: name and id of the index that is written to. */
  readonly into?: string;
  readonly intoId?: string;
  /** Of `reindex`: what stands for `into` in the end, in one step, where the index is in it or has its name. */
  readonly alias?: string;
  /** The name that the index has then, where the alias takes its own. */
  readonly retireAs?: string;
  /** Of `aggregate`: as the caller wrote them. */
  readonly aggs?: Readonly<Record<string, unknown>>;
  readonly conflicts: 'count' | 'fail';
  /** Null: as fast as it goes. */
  readonly docsPerSecond: number | null;
}

/** A request under a key of its caller's. */
export interface KeyedRequest {
  readonly key: string;
  /** Hexadecimal xxh64 of what was asked. */
  readonly digest: string;
}

/** A document that cannot be what the job would make of it, and why. */
export interface JobRefusal {
  readonly key: string;
  /** Of an error. */
  readonly code: string;
  /** Where in the document, a JSON pointer; empty: all of it. */
  readonly at: string;
}

/** A batch of a step whose outcomes are not counted yet. */
export interface PendingBatch {
  readonly partition: string;
  /** The batch stands after this offset. */
  readonly after: number;
  readonly count: number;
  /** Hexadecimal xxh64 of its bytes. */
  readonly digest: string;
}

export interface JobStep {
  readonly entry: 'step';
  readonly job: number;
  /** Which of the work items. */
  readonly item: number;
  /** Follows on as many steps of the item; of two that follow on the same the first in the log counts. */
  readonly step: number;
  /** Everything up to this log offset is done. */
  readonly upTo: number;
  /** Where the item goes on to, from now on; as far as before where it is left out. */
  readonly until?: number;
  /** Milliseconds of work since the step before. */
  readonly workedMs: number;
  /** What has come of steps before. */
  readonly counts: Partial<JobCounts>;
  /** Some of those that are counted as rejected; absent where there are none. */
  readonly refused?: readonly JobRefusal[];
  /** What stands in the log with this step, in the same append. */
  readonly pending: readonly PendingBatch[];
}

export type JobEntry =
  | {
      readonly entry: 'create';
      readonly spec: JobSpec;
      /** Of each shard of the index, which is a work item: the last log offset that is looked at. */
      readonly until: readonly number[];
      /** Of a reindex, by shard of the index that is written to: the last log offset that it had before the job. */
      readonly since?: readonly number[];
      /** By work item, how many documents match up to there; absent where the job follows what is written. */
      readonly matches?: readonly number[];
      /** Of a reindex with an alias. */
      readonly base?: CopyBase;
      /** Up to where the catalog was read, in which the index stood in the place that is meant. */
      readonly catalogOffset: number;
      /** By which the caller knows the request that asked for it; absent where it knows it by none. */
      readonly request?: KeyedRequest;
      /** Milliseconds since 1970, by the clock of whoever wrote it: to be shown. */
      readonly atMs: number;
    }
  | JobStep
  | { readonly entry: 'control'; readonly job: number; readonly wanted: JobWanted }
  | {
      readonly entry: 'end';
      readonly job: number;
      readonly outcome: JobOutcome;
      readonly error: ErrorBody | null;
      readonly atMs: number;
      /** Of `aggregate` that is done, by the names of the aggregations. */
      readonly result?: JobResult;
    }
  /** Results that have been kept for long enough. */
  | { readonly entry: 'forget'; readonly jobs: readonly number[] }
  /** All jobs there are, so that what stands before it need not be read. */
  | { readonly entry: 'checkpoint'; readonly upTo: number; readonly jobs: readonly Job[] };

export const jobWanted = ['run', 'pause', 'cancel'] as const;
/** What callers want of a job that has not ended. */
export type JobWanted = (typeof jobWanted)[number];

export const jobOutcomes = ['done', 'failed', 'cancelled'] as const;
export type JobOutcome = (typeof jobOutcomes)[number];

export type JobResult = Readonly<Record<string, unknown>>;

export interface JobEnd {
  readonly outcome: JobOutcome;
  readonly error: ErrorBody | null;
  readonly atMs: number;
  /** Absent where there is none, or where later ones took its room. */
  readonly result?: JobResult;
}

export interface JobItem {
  /** It goes through the copies that a shard of the index that is written to had before the job; absent: through a shard of the index. */
  readonly of?: 'copies';
  /** Where it ended when the job was created: beyond, changes are followed. */
  readonly scanUntil: number;
  readonly until: number;
  readonly upTo: number;
  /** Of the documents that matched when the job was created: those that no step has told of yet. Absent where that was not counted. */
  readonly left?: number;
  /** How many there were, and the offset of the entry of the last; −1 before the first. */
  readonly steps: number;
  readonly lastStep: number;
  readonly pending: readonly PendingBatch[];
}

/** A job as every reader knows it. */
export interface Job {
  /** The offset of the entry that created it. */
  readonly id: number;
  readonly spec: JobSpec;
  /** See the entry. */
  readonly request?: KeyedRequest;
  /** See the entry; gone where the job has ended. */
  readonly base?: CopyBase;
  readonly catalogOffset: number;
  readonly createdAtMs: number;
  readonly wanted: JobWanted;
  /** Null while it has not ended; the items are gone then. */
  readonly ended: JobEnd | null;
  /** Those of the shards of the index, then those of the copies. */
  readonly items: readonly JobItem[];
  readonly counts: JobCounts;
  /** The first that were rejected, `limits.jobRefusalsMax` at most; absent where there are none. */
  readonly refused?: readonly JobRefusal[];
  /** Milliseconds of work so far. */
  readonly workedMs: number;
}

/** Raised where a reader of before would decide otherwise: it then stands still before the entry. */
const version = 1;

/** The body of an entry. */
export function writeJobEntry(entry: JobEntry): Uint8Array {
  return writeVersioned(version, entry);
}

/** @throws SheafError BATCH_INVALID; BATCH_VERSION_UNKNOWN where a newer Sheaf wrote it */
export function readJobEntry(kind: EntryKind, body: Uint8Array): JobEntry {
  const fields = readVersioned(version, kind, body);
  if (!isEntry(fields)) throw invalidBody('not an entry of jobs');
  return fields;
}

function isEntry(fields: EntryFields): fields is EntryFields & JobEntry {
  switch (fields['entry']) {
    case 'create':
      return isCreate(fields);
    case 'step':
      return isStep(fields);
    case 'control':
      return isWhole(fields['job']) && isOneOf(fields['wanted'], jobWanted);
    case 'end':
      return isWhole(fields['job']) && isEnd(fields);
    case 'forget':
      return areAll(fields['jobs'], isWhole, limits.jobsMax);
    case 'checkpoint':
      return isOffset(fields['upTo']) && areAll(fields['jobs'], isJob, limits.jobsMax);
    default:
      return false;
  }
}

function isSpec(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { kind, index, indexId, partial, into, intoId, alias, retireAs, aggs, conflicts, docsPerSecond } = value;
  return (
    isOneOf(kind, jobKindNames) &&
    typeof index === 'string' &&
    typeof indexId === 'string' &&
    [partial, into, intoId, alias, retireAs].every((each) => each === undefined || typeof each === 'string') &&
    (aggs === undefined || isObject(aggs)) &&
    isOneOf(conflicts, ['count', 'fail']) &&
    (docsPerSecond === null || (typeof docsPerSecond === 'number' && docsPerSecond > 0))
  );
}

function isCreate({ spec, until, since, matches, base, catalogOffset, request, atMs }: EntryFields): boolean {
  if (
    !isRequest(request) ||
    !isBase(base) ||
    !isOffset(catalogOffset) ||
    (since !== undefined && !areAll(since, isOffset, limits.shardsMax))
  )
    return false;
  if (!isSpec(spec) || !areAll(until, isOffset, limits.shardsMax) || !isWhole(atMs)) return false;
  if (matches === undefined) return true;
  return areAll(matches, isWhole, limits.shardsMax) && (matches as unknown[]).length === (until as unknown[]).length;
}

function isStep({ job, item, step, upTo, until = -1, workedMs, counts, refused, pending }: EntryFields): boolean {
  return (
    areRefused(refused) &&
    [job, item, step, workedMs].every(isWhole) &&
    [upTo, until].every(isOffset) &&
    areCounts(counts) &&
    arePending(pending)
  );
}

function isEnd({ outcome, error, atMs, result }: EntryFields): boolean {
  return (
    (result === undefined || isObject(result)) &&
    isOneOf(outcome, jobOutcomes) &&
    (error === null || (isObject(error) && typeof error['code'] === 'string')) &&
    isWhole(atMs)
  );
}

function isJob(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { id, spec, request, base, catalogOffset, createdAtMs, wanted, ended, items, counts, refused, workedMs } =
    value;
  if (!isRequest(request) || !isBase(base) || !isOffset(catalogOffset)) return false;
  const isSound = [id, createdAtMs, workedMs].every(isWhole) && isSpec(spec) && isOneOf(wanted, jobWanted);
  const areSound = areAll(items, isItem, 2 * limits.shardsMax) && areCounts(counts) && areRefused(refused);
  return isSound && areSound && (ended === null || (isObject(ended) && isEnd(ended)));
}

function isRequest(value: unknown): boolean {
  if (value === undefined) return true;
  return isObject(value) && typeof value['key'] === 'string' && typeof value['digest'] === 'string';
}

function isBase(value: unknown): boolean {
  if (value === undefined) return true;
  if (!isObject(value) || !isWhole(value['replicas'])) return false;
  return areAll(value['lacks'], (each) => typeof each === 'string', limits.fieldsMax);
}

function isItem(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { of, scanUntil, until, upTo, left, steps, lastStep, pending } = value;
  if (of !== undefined && of !== 'copies') return false;
  if (left !== undefined && !isWhole(left)) return false;
  return [scanUntil, until, upTo, lastStep].every(isOffset) && isWhole(steps) && arePending(pending);
}

function arePending(value: unknown): boolean {
  return areAll(value, isPending, limits.shardsMax);
}

function isPending(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { partition, after, count, digest } = value;
  return typeof partition === 'string' && isOffset(after) && isWhole(count) && typeof digest === 'string';
}

function areCounts(value: unknown): boolean {
  return isObject(value) && Object.entries(value).every(([name, count]) => isOneOf(name, jobCounts) && isWhole(count));
}

function areRefused(value: unknown): boolean {
  return value === undefined || areAll(value, isRefusal, limits.jobRefusalsMax);
}

function isRefusal(value: unknown): boolean {
  return isObject(value) && [value['key'], value['code'], value['at']].every((each) => typeof each === 'string');
}

function areAll(value: unknown, isEach: (each: unknown) => boolean, countMax: number): boolean {
  return Array.isArray(value) && value.length <= countMax && (value as unknown[]).every(isEach);
}

function isOneOf(value: unknown, allowed: readonly string[]): boolean {
  return typeof value === 'string' && allowed.includes(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isOffset(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= -1;
}
