/** An entry of the decisions: the value of one record, JSON. Pure. */
import { SheafError } from '../../errors.ts';
import { isObject } from '../../json/read-object.ts';
import type { RequestAnswer } from '../keyed-requests.ts';

/** A keyed request that an append records. */
export interface DecidedKey {
  readonly key: string;
  readonly digest: string;
  readonly answer: RequestAnswer;
}

export type Decision =
  /** The append counts, unless it was given up before, or one of its keys was decided behind what its author had seen. */
  | { readonly kind: 'commit'; readonly append: string; readonly seen: number; readonly keys: readonly DecidedKey[] }
  /** It does not, unless it was decided before. */
  | { readonly kind: 'abandon'; readonly append: string }
  /** Keys decided below this offset are remembered no more, by whoever has read this. */
  | { readonly kind: 'forget'; readonly before: number };

const version = 1;

/** Requests of one append have the same answer, which is written once. */
export function writeDecision(decision: Decision): Buffer {
  if (decision.kind !== 'commit') return Buffer.from(JSON.stringify({ version, ...decision }));
  const answers: RequestAnswer[] = [];
  const keys = decision.keys.map(({ key, digest, answer }) => {
    if (answers.at(-1) !== answer) answers.push(answer);
    return [key, digest, answers.length - 1];
  });
  const { kind, append, seen } = decision;
  return Buffer.from(JSON.stringify({ version, kind, append, seen, ...(keys.length === 0 ? {} : { answers, keys }) }));
}

/** @throws SheafError BATCH_INVALID, BATCH_VERSION_UNKNOWN */
export function readDecision(bytes: Uint8Array): Decision {
  const entry = parse(bytes);
  if (typeof entry['version'] === 'number' && entry['version'] > version) {
    throw new SheafError('BATCH_VERSION_UNKNOWN', { detail: { version: entry['version'], known: version } });
  }
  const { kind, append, seen, before } = entry;
  if (entry['version'] !== version) throw invalid();
  if (kind === 'forget' && isOffset(before)) return { kind, before };
  if (typeof append !== 'string') throw invalid();
  if (kind === 'abandon') return { kind, append };
  if (kind !== 'commit' || !isOffset(seen)) throw invalid();
  const { answers = [], keys = [] } = entry;
  if (!Array.isArray(answers) || !Array.isArray(keys) || !answers.every(isAnswer)) throw invalid();
  return { kind, append, seen, keys: keys.map((key) => readKey(key, answers)) };
}

function readKey(value: unknown, answers: readonly RequestAnswer[]): DecidedKey {
  const [key, digest, index] = Array.isArray(value) ? (value as unknown[]) : [];
  const answer = typeof index === 'number' ? answers[index] : undefined;
  if (typeof key !== 'string' || typeof digest !== 'string' || answer === undefined) throw invalid();
  return { key, digest, answer };
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function isAnswer(value: unknown): value is RequestAnswer {
  const isOne = (part: unknown): boolean =>
    Array.isArray(part) &&
    typeof part[0] === 'string' &&
    part.slice(1).length === 2 &&
    part.slice(1).every(Number.isSafeInteger);
  return Array.isArray(value) && value.every(isOne);
}

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const entry: unknown = JSON.parse(Buffer.from(bytes).toString());
    if (isObject(entry)) return entry;
  } catch {
    // No JSON is no entry.
  }
  throw invalid();
}

function invalid(): SheafError {
  return new SheafError('BATCH_INVALID', { detail: { reason: 'not an entry of the decisions' } });
}
