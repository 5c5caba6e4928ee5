/** Headers of the frames between the log and its clients, and their parsers. No I/O. */
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import { batchHeaderBytes } from './batch.ts';
import type { EntryRange, KeyedRequest, RequestAnswer, RequestOutcome } from './keyed-requests.ts';
import type { AppendedOnce, SkippedBatch } from './log.ts';
import type { Appended } from './append-batch.ts';

/** One batch of an append; the bodies of the batches follow one another in the frame's body. */
export interface AppendPiece {
  readonly partition: string;
  /** Entries in the batch, at least 1. */
  readonly count: number;
  /** Length of the batch in bytes. */
  readonly bytes: number;
}

export interface AppendHeader {
  /** Names one incarnation of one client. */
  readonly producer: string;
  /** Ascending with each append of the producer; an append that is sent again keeps it. */
  readonly sequence: number;
  readonly batches: readonly AppendPiece[];
  /** Which entries belong to requests that are recorded once. Left out of the frame where there are none. */
  readonly requests: readonly KeyedRequest[];
}

/** An append as it is sent: see packRequest for the form of the requests. */
export type AppendFrame = Omit<AppendHeader, 'requests'> & { readonly requests?: readonly PackedRequest[] };

/** A keyed request as flat as it gets, because an append may have a thousand: batch, count, start and end of each range. */
export type PackedRequest = readonly [key: string, digest: string, ranges: readonly number[]];

/** The answer to an append: what became of its requests is left out where there are none. */
export interface AppendedFrame {
  readonly appended: readonly Appended[];
  readonly outcomes?: readonly PackedOutcome[];
}

/** `0`: recorded now; `1`: conflict; otherwise the answer of before. */
export type PackedOutcome = 0 | 1 | RequestAnswer;

/** What the log says first on each connection. */
export interface LogGreeting {
  /** See Log.identity. */
  readonly identity: string;
}

export interface SubscribeHeader {
  readonly partition: string;
  /** Highest offset that was read before, −1 when none: a log that ends before it is not the one that was read. */
  readonly have: number;
  readonly from: number;
  /** Batches that may be sent before more credit is given. */
  readonly credit: number;
}

export interface EntriesHeader {
  readonly partition: string;
  readonly firstOffset: number;
  readonly count: number;
  /** See LogBatch.skipped; left out where it is not. */
  readonly skipped?: boolean;
}

export interface SkipHeader {
  readonly partition: string;
  readonly offset: number;
}

/** What a `ping` to the log says of a client that wants to be told the positions of all partitions with each beat. */
export interface FollowWord {
  readonly follows: 'heads';
}

/** What a `ping` of the log says to such a client: the positions that changed since it was told last, at first all. */
export interface HeadsWord {
  readonly partitions: readonly string[];
  /** Of the same place the highest durable offset. */
  readonly heads: readonly number[];
  /** Partitions that changed as well and are left to the next beats. */
  readonly rest: number;
}

export interface TrimHeader {
  readonly partition: string;
  /** Entries below it are let go of. */
  readonly before: number;
}

/** The answer to a trim. */
export interface TrimmedFrame {
  /** See Log.earliest. */
  readonly earliest: number;
}

/** Bytes of all batches of one append; what is left of a frame is room for headers. */
export const appendBytesMax = limits.frameBytesMax - 1024 * 1024;

/**
 * Appends of one producer that the log remembers, and so the most that a client may have in flight: what it sends
 * again is always remembered if it was recorded.
 */
export const appendsRememberedMax = 1000;

const textLengthMax = 1000;
/** Numbers of one range in a packed request. */
const rangeNumbers = 4;

/** @throws SheafError FRAME_INVALID when the header is none or does not describe a body of this length */
export function parseAppendHeader(header: unknown, bodyBytes: number): AppendHeader {
  const fields = record(header);
  const batches = array(fields, 'batches').map((item) => {
    const piece = record(item);
    return { partition: text(piece, 'partition'), count: whole(piece, 'count', 1), bytes: whole(piece, 'bytes', 0) };
  });
  const sum = batches.reduce((bytes, piece) => bytes + piece.bytes, 0);
  if (sum !== bodyBytes) throw invalid('batches', { describedBytes: sum, bodyBytes });
  const requests = fields['requests'] === undefined ? [] : parseRequests(fields, batches);
  return { producer: text(fields, 'producer'), sequence: whole(fields, 'sequence', 0), batches, requests };
}

/** The header of an append frame. */
export function packAppend({ requests, ...header }: AppendHeader): AppendFrame {
  return requests.length === 0 ? header : { ...header, requests: requests.map(packRequest) };
}

/** A keyed request in the form of a frame. */
export function packRequest({ key, digest, ranges }: KeyedRequest): PackedRequest {
  return [key, digest, ranges.flatMap(({ batch, count, start, end }) => [batch, count, start, end])];
}

/** What `packRequest` packed, unchecked. */
export function unpackRequest([key, digest, numbers]: PackedRequest): KeyedRequest {
  const ranges: EntryRange[] = [];
  for (let i = 0; i < numbers.length; i += rangeNumbers) {
    ranges.push({ batch: numbers[i]!, count: numbers[i + 1]!, start: numbers[i + 2]!, end: numbers[i + 3]! });
  }
  return { key, digest, ranges };
}

/** Ranges have to lie inside their batches and ascend: bytes are cut out by them. */
function parseRequests(fields: Fields, batches: readonly AppendPiece[]): KeyedRequest[] {
  const ends = batches.map(() => batchHeaderBytes);
  const counts = batches.map(({ count }) => count);
  return array(fields, 'requests').map((item) => {
    if (!Array.isArray(item) || item.length !== 3) throw invalid('requests', { expected: '[key, digest, ranges]' });
    const [key, digest, flat] = item as [unknown, unknown, unknown];
    const ranges: EntryRange[] = [];
    const numbers = array({ ranges: flat }, 'ranges');
    for (let i = 0; i < numbers.length; i += rangeNumbers) {
      const at = (index: number): number => whole({ ranges: numbers[i + index] }, 'ranges', 0);
      const range = { batch: at(0), count: at(1), start: at(2), end: at(3) };
      const { batch, count, start, end } = range;
      const piece = batches[batch];
      if (piece === undefined || start < ends[batch]! || end <= start || end > piece.bytes || count < 1) {
        throw invalid('ranges', { reason: 'outside of the batch, or not ascending', ...range });
      }
      ends[batch] = end;
      counts[batch]! -= count;
      if (counts[batch]! < 0) throw invalid('ranges', { reason: 'more entries than the batch has', ...range });
      ranges.push(range);
    }
    return { key: text({ key }, 'key'), digest: text({ digest }, 'digest'), ranges };
  });
}

/** The header of the answer to an append. */
export function packAppended(appended: readonly Appended[], outcomes: readonly RequestOutcome[]): AppendedFrame {
  return outcomes.length === 0 ? { appended } : { appended, outcomes: outcomes.map(packOutcome) };
}

/** An outcome in the form of a frame. */
export function packOutcome(outcome: RequestOutcome): PackedOutcome {
  if (outcome.kind === 'repeated') return outcome.answer;
  return outcome.kind === 'recorded' ? 0 : 1;
}

/** @throws SheafError FRAME_INVALID unless there are outcomes for so many requests */
export function parseAppendedOnce(header: unknown, requests: number): AppendedOnce {
  const outcomes = array(record(header), 'outcomes').map(parseOutcome);
  if (outcomes.length !== requests) throw invalid('outcomes', { expected: requests, actual: outcomes.length });
  return { appended: parseAppended(header), outcomes };
}

/** @throws SheafError FRAME_INVALID */
export function parseOutcome(packed: unknown): RequestOutcome {
  if (packed === 0) return { kind: 'recorded' };
  if (packed === 1) return { kind: 'conflict' };
  const answer = array({ outcome: packed }, 'outcome').map((item): RequestAnswer[number] => {
    const [partition, lastOffset, count] = array({ answer: item }, 'answer');
    return [text({ partition }, 'partition'), whole({ lastOffset }, 'lastOffset', 0), whole({ count }, 'count', 1)];
  });
  return { kind: 'repeated', answer };
}

/** @throws SheafError FRAME_INVALID */
export function parseAppended(header: unknown): Appended[] {
  return array(record(header), 'appended').map((item) => {
    const fields = record(item);
    const firstOffset = whole(fields, 'firstOffset', 0);
    return { partition: text(fields, 'partition'), firstOffset, lastOffset: whole(fields, 'lastOffset', firstOffset) };
  });
}

/** @throws SheafError FRAME_INVALID */
export function parsePartitions(header: unknown): string[] {
  return array(record(header), 'partitions').map((item, index) => text({ [index]: item }, String(index)));
}

/** @throws SheafError FRAME_INVALID unless there are `count` heads */
export function parseHeads(header: unknown, count: number): number[] {
  const heads = array(record(header), 'heads').map((item, index) => whole({ [index]: item }, String(index), -1));
  if (heads.length !== count) throw invalid('heads', { expected: count, actual: heads.length });
  return heads;
}

/** Whether a word is a FollowWord. Others are none of the log's. */
export function isFollowWord(word: unknown): boolean {
  return record(word)['follows'] === ('heads' satisfies FollowWord['follows']);
}

/** A word of the log; null where it only says that it is there. @throws SheafError FRAME_INVALID */
export function parseHeadsWord(word: unknown): HeadsWord | null {
  const fields = record(word);
  if (fields['partitions'] === undefined) return null;
  const partitions = parsePartitions(word);
  return { partitions, heads: parseHeads(word, partitions.length), rest: whole(fields, 'rest', 0) };
}

/** @throws SheafError FRAME_INVALID unless there are `count` offsets */
export function parseEarliest(header: unknown, count: number): number[] {
  const earliest = array(record(header), 'earliest').map((item, index) => whole({ [index]: item }, String(index), 0));
  if (earliest.length !== count) throw invalid('earliest', { expected: count, actual: earliest.length });
  return earliest;
}

/** @throws SheafError FRAME_INVALID */
export function parseTrim(header: unknown): TrimHeader {
  const fields = record(header);
  return { partition: text(fields, 'partition'), before: whole(fields, 'before', 0) };
}

/** @throws SheafError FRAME_INVALID */
export function parseTrimmed(header: unknown): TrimmedFrame {
  return { earliest: whole(record(header), 'earliest', 0) };
}

/** @throws SheafError FRAME_INVALID */
export function parseGreeting(header: unknown): LogGreeting {
  return { identity: text(record(header), 'identity') };
}

/** @throws SheafError FRAME_INVALID */
export function parseSubscribe(header: unknown): SubscribeHeader {
  const fields = record(header);
  return {
    partition: text(fields, 'partition'),
    have: whole(fields, 'have', -1),
    from: whole(fields, 'from', 0),
    credit: whole(fields, 'credit', 0),
  };
}

/** The batches a `credit` frame gives leave to send. @throws SheafError FRAME_INVALID */
export function parseCredit(header: unknown): number {
  return whole(record(header), 'batches', 1);
}

/** @throws SheafError FRAME_INVALID */
export function parseEntries(header: unknown): EntriesHeader {
  const fields = record(header);
  return {
    partition: text(fields, 'partition'),
    firstOffset: whole(fields, 'firstOffset', 0),
    count: whole(fields, 'count', 1),
    ...(fields['skipped'] === true ? { skipped: true } : {}),
  };
}

/** @throws SheafError FRAME_INVALID */
export function parseSkip(header: unknown): SkipHeader {
  const fields = record(header);
  return { partition: text(fields, 'partition'), offset: whole(fields, 'offset', 0) };
}

/** @throws SheafError FRAME_INVALID */
export function parseSkipped(header: unknown): SkippedBatch {
  const fields = record(header);
  const firstOffset = whole(fields, 'firstOffset', 0);
  return { firstOffset, lastOffset: whole(fields, 'lastOffset', firstOffset) };
}

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('header', {});
  return value as Fields;
}

function array(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw invalid(name, { expected: 'array' });
  return value as unknown[];
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value.length === 0 || value.length > textLengthMax) {
    throw invalid(name, { expected: `string of 1 to ${textLengthMax} characters` });
  }
  return value;
}

function whole(fields: Fields, name: string, min: number): number {
  const value = fields[name];
  if (!Number.isSafeInteger(value) || (value as number) < min) throw invalid(name, { expected: `integer >= ${min}` });
  return value as number;
}

function invalid(field: string, detail: Fields): SheafError {
  return new SheafError('FRAME_INVALID', { detail: { field, ...detail } });
}
