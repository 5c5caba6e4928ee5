/**
 * A message that is no document, as it stands in the topic of dead letters: its own key, value and headers, and in headers of ours where it
 * was and why it is there. Numbers are decimal digits.
 */
import { errorTable } from '../../shared/errors.ts';
import type { Rejection } from '../route/bulk-router.ts';
import type { TopicMessage, TopicRecord } from './source-cluster.ts';

/** Where a message was first. */
export interface Origin {
  readonly topicId: string;
  readonly partition: number;
  /** How often it was replayed from the topic of dead letters. */
  readonly replays: number;
}

/** A message, where it was first, as it was then. */
export interface Letter extends Origin {
  readonly message: TopicMessage;
}

const prefix = 'sheaf.';
const names = {
  source: `${prefix}source`,
  topic: `${prefix}topic`,
  topicId: `${prefix}topic.id`,
  partition: `${prefix}partition`,
  offset: `${prefix}offset`,
  timestamp: `${prefix}timestamp`,
  replays: `${prefix}replays`,
  code: `${prefix}error.code`,
  reason: `${prefix}error.reason`,
} as const;
type Name = keyof typeof names;

/** Bytes of a reason: what the message said is in its value. */
const reasonLengthMax = 2000;

/** @param of name and topic of the source */
export function writeLetter(
  { message, topicId, partition, replays }: Letter,
  of: { readonly name: string; readonly topic: string },
  { code, at, detail }: Rejection,
): TopicRecord {
  const place = at === '' ? {} : { at };
  const reason = JSON.stringify({ message: errorTable[code].message, ...place, ...detail }).slice(0, reasonLengthMax);
  const said: Readonly<Record<Name, string>> = {
    source: of.name,
    topic: of.topic,
    topicId,
    partition: String(partition),
    offset: String(message.offset),
    timestamp: String(message.timestampMs),
    replays: String(replays),
    code,
    reason,
  };
  const own = message.headers.flatMap(([name, value]) => {
    const text = name?.toString() ?? '';
    return text.startsWith(prefix) ? [] : [[text, value ?? Buffer.alloc(0)] as const];
  });
  const ours = Object.entries(said).map(([name, text]) => [names[name as Name], Buffer.from(text)] as const);
  return { key: message.key, value: message.value, headers: [...own, ...ours] };
}

/** The letter in a record; null where it is none of this source. */
export function readLetter(record: TopicMessage, of: { readonly name: string; readonly topic: string }): Letter | null {
  const headers = new Map(record.headers.map(([name, value]) => [name?.toString() ?? '', value?.toString() ?? '']));
  const text = (name: Name): string => headers.get(names[name]) ?? '';
  if (text('source') !== of.name || text('topic') !== of.topic) return null;
  const numbers = (['partition', 'offset', 'timestamp', 'replays'] as const).map((name) => wholeOf(text(name)));
  const [partition = -1, offset = -1, timestampMs = -1, replays = -1] = numbers;
  if (partition < 0 || offset < 0 || replays < 0 || text('topicId') === '') return null;
  return { topicId: text('topicId'), partition, replays, message: { ...record, offset, timestampMs } };
}

function wholeOf(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}
