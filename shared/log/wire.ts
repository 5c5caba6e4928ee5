/** Headers of the frames between the log and its clients, and their parsers. No I/O. */
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Appended } from './log.ts';

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
}

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
}

/** Bytes of all batches of one append; what is left of a frame is room for headers. */
export const appendBytesMax = limits.frameBytesMax - 1024 * 1024;

/**
 * Appends of one producer that the log remembers, and so the most that a client may have in flight: what it sends
 * again is always remembered if it was recorded.
 */
export const appendsRememberedMax = 1000;

const textLengthMax = 1000;

/** @throws SheafError FRAME_INVALID when the header is none or does not describe a body of this length */
export function parseAppendHeader(header: unknown, bodyBytes: number): AppendHeader {
  const fields = record(header);
  const batches = array(fields, 'batches').map((item) => {
    const piece = record(item);
    return { partition: text(piece, 'partition'), count: whole(piece, 'count', 1), bytes: whole(piece, 'bytes', 0) };
  });
  const sum = batches.reduce((bytes, piece) => bytes + piece.bytes, 0);
  if (sum !== bodyBytes) throw invalid('batches', { describedBytes: sum, bodyBytes });
  return { producer: text(fields, 'producer'), sequence: whole(fields, 'sequence', 0), batches };
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
  };
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
