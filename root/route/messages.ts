/** Messages of a topic as documents: what they are to the parse worker, and what becomes of each by the rules of its source. Pure. */
import { isUtf8 } from 'node:buffer';
import type { SourceFact, SourceSpec } from '../../shared/catalog/definition.ts';
import { describeValue } from '../../shared/json/describe-value.ts';
import { isObject } from '../../shared/json/read-object.ts';
import { limits } from '../../shared/limits.ts';
import { checkKey } from '../../shared/schema/key.ts';
import type { DocumentFault } from '../../shared/schema/validate.ts';
import { trim } from './document-splitter.ts';
import { memberBytes } from './member-bytes.ts';
import { parseDocument } from './parse-document.ts';

export interface Message {
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  /** Null: a tombstone. */
  readonly value: Uint8Array | null;
}

/** How messages of one partition of a topic become documents. */
export interface MessageRules extends Pick<SourceSpec, 'topic' | 'key' | 'at' | 'add'> {
  readonly partition: number;
}

/** Many messages in two buffers, so that they go to the worker without being copied one by one. */
export interface PackedMessages {
  /** Of each message four numbers: its offset, its timestamp, the bytes of its key and of its value; −1 for none. */
  readonly columns: Float64Array<ArrayBuffer>;
  /** Key and value of each, one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const columnCount = 4;

export function packMessages(messages: readonly Message[]): PackedMessages {
  const sizeBytes = messages.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0);
  const columns = new Float64Array(messages.length * columnCount);
  const bytes = new Uint8Array(sizeBytes);
  let at = 0;
  for (const [i, { offset, timestampMs, key, value }] of messages.entries()) {
    columns.set([offset, timestampMs, key?.length ?? -1, value?.length ?? -1], i * columnCount);
    for (const part of [key, value]) {
      if (part === null) continue;
      bytes.set(part, at);
      at += part.length;
    }
  }
  return { columns, bytes };
}

/** The messages, whose keys and values are views. */
export function* unpackMessages({ columns, bytes }: PackedMessages): Generator<Message> {
  let at = 0;
  const take = (length: number): Buffer | null => {
    if (length < 0) return null;
    const taken = Buffer.from(bytes.buffer, bytes.byteOffset + at, length);
    at += length;
    return taken;
  };
  for (let i = 0; i < columns.length; i += columnCount) {
    const key = take(columns[i + 2]!);
    const value = take(columns[i + 3]!);
    yield { offset: columns[i]!, timestampMs: columns[i + 1]!, key, value };
  }
}

/** What a message is to an index. */
export type MessageDocument =
  /** Where `key` is null, the document has it, or it is made up. */
  | { readonly kind: 'put'; readonly key: string | null; readonly bytes: Buffer }
  | { readonly kind: 'delete'; readonly key: string }
  | { readonly kind: 'fault'; readonly fault: DocumentFault };

/** The document in a message, as far as can be said without a schema: its JSON is read where there is anything to be found in it. */
export function documentOf(message: Message, rules: MessageRules): MessageDocument {
  const { value } = message;
  if (value === null) return deletionOf(message, rules);
  if (value.length > limits.documentBytesMax) {
    const detail = { limitBytes: limits.documentBytesMax, actualBytes: value.length };
    return fault({ code: 'DOCUMENT_TOO_LARGE', at: '', detail });
  }
  const whole = trim(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
  const found = rules.at === undefined ? whole : inside(whole, rules.at);
  if ('code' in found) return fault(found);
  const facts = Object.entries(rules.add);
  const bytes = facts.length === 0 ? found : withFacts(found, message, rules, facts);
  if (rules.key.of !== 'message') return { kind: 'put', key: null, bytes };
  const key = keyOf(message);
  return typeof key === 'string' ? { kind: 'put', key, bytes } : fault(key);
}

/** By the key of the message, which is what Kafka deletes by. */
function deletionOf(message: Message, { key: source }: MessageRules): MessageDocument {
  if (source.of === 'place') {
    const reason = 'a tombstone deletes by a key, and the documents of this source have none of their own';
    return fault({ code: 'KEY_MISSING', at: '', detail: { field: 'the key of the message', reason } });
  }
  const key = keyOf(message);
  return typeof key === 'string' ? { kind: 'delete', key } : fault(key);
}

const keyPlace = 'the key of the message';

function keyOf({ key }: Message): string | DocumentFault {
  if (key === null || key.length === 0) return { code: 'KEY_MISSING', at: '', detail: { field: keyPlace } };
  if (!isUtf8(key)) {
    return {
      code: 'KEY_INVALID',
      at: '',
      detail: { field: keyPlace, expected: 'text in UTF-8', actual: 'other bytes' },
    };
  }
  const text = Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('utf8');
  return checkKey(text, '') ?? text;
}

/** The bytes of the object at a dotted path. */
function inside(bytes: Buffer, path: string): Buffer | DocumentFault {
  const parsed = parseDocument(bytes);
  if ('fault' in parsed) return parsed.fault;
  let [value, found, at]: [unknown, Buffer, string] = [parsed.document, bytes, ''];
  for (const name of path.split('.')) {
    const inner = isObject(value) ? memberBytes(found, name) : undefined;
    at = `${at}/${name}`;
    if (inner === undefined) {
      return { code: 'DOCUMENT_NOT_OBJECT', at, detail: { expected: 'an object', actual: 'nothing' } };
    }
    value = (value as Readonly<Record<string, unknown>>)[name];
    found = trim(inner);
  }
  if (isObject(value)) return found;
  return { code: 'DOCUMENT_NOT_OBJECT', at, detail: { expected: 'an object', actual: describeValue(value) } };
}

/** Facts are put in front of the members that there are: one that has the same name is a fault that is found where names are looked at. */
function withFacts(
  bytes: Buffer,
  message: Message,
  rules: MessageRules,
  facts: readonly [string, SourceFact][],
): Buffer {
  // What is no object is told of by who reads it.
  if (bytes[0] !== 0x7b) return bytes;
  const members = facts.map(
    ([name, fact]) => `${JSON.stringify(name)}:${JSON.stringify(factOf(fact, message, rules))}`,
  );
  const isEmpty = trim(bytes.subarray(1))[0] === 0x7d;
  return Buffer.concat([Buffer.from(`{${members.join(',')}${isEmpty ? '' : ','}`), bytes.subarray(1)]);
}

function factOf(fact: SourceFact, { offset, timestampMs, key }: Message, { topic, partition }: MessageRules) {
  switch (fact) {
    case 'topic':
      return topic;
    case 'partition':
      return partition;
    case 'offset':
      return offset;
    case 'timestamp':
      return timestampMs;
    case 'key':
      return key === null ? null : Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('utf8');
  }
}

function fault(found: DocumentFault): MessageDocument {
  return { kind: 'fault', fault: found };
}
