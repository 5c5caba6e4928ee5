/** Reading the body of PUT /v1/sources/{name}. */
import { sourceFacts, type SourceFact, type SourceKey, type SourceSpec } from '../../shared/catalog/definition.ts';
import { SheafError } from '../../shared/errors.ts';
import { readEntries, readObject } from '../../shared/json/read-object.ts';
import { arrayOf, oneOf, readNonEmptyString, readString } from '../../shared/json/readers.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import { checkIndexName } from '../../shared/schema/index-name.ts';
import { parseAddress } from '../../shared/transport/address.ts';

/** What Kafka takes as the name of a topic. */
const topicPattern = /^[A-Za-z0-9._-]{1,249}$/;

/**
 * `{"name"?, "brokers", "topic", "index", "key"?, "at"?, "add"?, "from"?, "deadLetters"?}`
 * @throws SheafError BODY_MISSING, REQUEST_…, INDEX_NAME_INVALID
 */
export function readSource(name: string, body: unknown): SourceSpec {
  if (body === undefined) throw new SheafError('BODY_MISSING');
  const allowed = ['name', 'brokers', 'topic', 'index', 'key', 'at', 'add', 'from', 'deadLetters'] as const;
  const properties = readObject(RequestNode.body(body), allowed);
  // What GET shows can be sent back.
  properties.optional('name', oneOf([name]), name);
  const topic = properties.required('topic', readTopic);
  const at = properties.optional('at', readPath, undefined);
  return {
    name,
    brokers: properties.required('brokers', readBrokers),
    topic,
    index: properties.required('index', readIndexName),
    key: properties.optional('key', readSourceKey, { of: 'place' }),
    ...(at === undefined ? {} : { at }),
    add: properties.optional('add', readAdded, {}),
    from: properties.optional('from', oneOf(['earliest', 'latest']), 'earliest'),
    deadLetters: properties.optional('deadLetters', (node) => readOther(node, topic), `${topic}.dead-letters`),
  };
}

function readBrokers(node: RequestNode): string[] {
  const brokers = arrayOf(readBroker, limits.sourceBrokersMax)(node);
  if (brokers.length === 0) throw node.invalid({ expected: 'at least one broker', actual: 'none' });
  return brokers;
}

/** What was sent is not told again: it might hold a password. */
function readBroker(node: RequestNode): string {
  const broker = readString(node);
  if (parseAddress(broker) !== undefined && !broker.includes('@')) return broker;
  throw node.invalid({ expected: 'host:port of a broker, without credentials', actual: 'another text' });
}

function readTopic(node: RequestNode): string {
  const topic = readString(node);
  if (topicPattern.test(topic) && topic !== '.' && topic !== '..') return topic;
  throw node.invalid({ expected: 'the name of a topic: 1 to 249 of a-z, A-Z, 0-9, ., _ and -' });
}

function readOther(node: RequestNode, topic: string): string {
  const other = readTopic(node);
  if (other === topic) throw node.invalid({ expected: 'another topic than the one that is read' });
  return other;
}

function readIndexName(node: RequestNode): string {
  const index = readString(node);
  checkIndexName(index, node.at);
  return index;
}

/** `"message"`, `"place"` or `{"field": …}`. */
function readSourceKey(node: RequestNode): SourceKey {
  if (typeof node.value === 'string') return { of: oneOf(['message', 'place'])(node) };
  return { of: 'field', field: readObject(node, ['field']).required('field', readPath) };
}

function readPath(node: RequestNode): string {
  const path = readNonEmptyString(node);
  const limit = limits.fieldPathLengthMax;
  if (path.length <= limit && path.split('.').every((name) => name !== '')) return path;
  throw node.invalid({ expected: `a dotted path of at most ${limit} characters`, limit });
}

/** Names of fields with what they are of a message. */
function readAdded(node: RequestNode): Record<string, SourceFact> {
  const entries = readEntries(node);
  const limit = sourceFacts.length;
  if (entries.length > limit)
    throw node.invalid({ expected: `at most ${limit} fields`, limit, actual: entries.length });
  return Object.fromEntries(
    entries.map(({ name, node: fact }) => {
      if (name === '' || name.startsWith('_'))
        throw fact.invalid({ expected: 'the name of a field, which does not begin with _' });
      return [name, oneOf(sourceFacts)(fact)];
    }),
  );
}
