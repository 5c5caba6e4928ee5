/**
 * A line of a body that says what is done with the document in it: one of `_create`, `_put`, `_patch` and `_delete`, and
 * what belongs to that. No field can have such a name, so that a line is either this or a document. Pure.
 */
import { describeValue } from '../../shared/json/describe-value.ts';
import { isObject } from '../../shared/json/read-object.ts';
import type { Condition } from '../../shared/judge/change.ts';
import { checkKey, keyText } from '../../shared/schema/key.ts';
import type { DocumentFault } from '../../shared/schema/validate.ts';
import { memberBytes } from './member-bytes.ts';
import { trim } from './document-splitter.ts';
import { conditionIn, type ReadIndex } from './read-of.ts';

/** A document inside a line. */
export interface LineDocument {
  readonly value: unknown;
  /** As it was sent. */
  readonly bytes: Buffer;
  /** JSON pointer to it. */
  readonly at: string;
}

export interface PatchOptions {
  /** The document where the key has none; null: then there is nothing to patch. */
  readonly upsert: LineDocument | null;
  readonly detectNoop: boolean;
  readonly nulls: 'kept' | 'removed';
}

/** What is to be done under a key. */
export type LineOperation = { readonly condition: Condition } & (
  | { readonly kind: 'put'; readonly document: LineDocument }
  | { readonly kind: 'delete' }
  | { readonly kind: 'patch'; readonly document: LineDocument; readonly patch: PatchOptions }
);

export interface OperationLine {
  readonly operation: LineOperation;
  /** Null where the line does not say it. */
  readonly key: string | null;
  /** The same. */
  readonly routing: string | null;
}

/** What a line may say besides its operation. */
const optionNames = {
  _create: ['_key', '_routing'],
  _put: ['_key', '_routing', '_ifSequence', '_ifTerm', '_version'],
  _patch: ['_key', '_routing', '_ifSequence', '_ifTerm', '_upsert', '_detectNoop', '_removeNulls'],
  _delete: ['_routing', '_ifSequence', '_ifTerm', '_version'],
} as const;
type Name = keyof typeof optionNames;
const names = Object.keys(optionNames) as readonly Name[];

type Line = Readonly<Record<string, unknown>>;

interface Sent {
  /** Of the line. */
  readonly bytes: Buffer;
  /** That is written to. */
  readonly index: ReadIndex;
}

/** @returns null where the line is a document */
export function readOperationLine(line: unknown, { bytes, index }: Sent): OperationLine | DocumentFault | null {
  if (!isObject(line)) return null;
  const name = names.find((each) => Object.hasOwn(line, each));
  if (name === undefined) return null;
  const allowed: readonly string[] = [name, ...optionNames[name]];
  const other = Object.keys(line).find((each) => !allowed.includes(each));
  if (other !== undefined) {
    const detail = { field: other, allowed, reason: `a line with ${name} has nothing else` };
    return { code: 'DOCUMENT_FIELD_UNKNOWN', at: `/${other.replaceAll('~', '~0').replaceAll('/', '~1')}`, detail };
  }
  const fault = faultOf(line) ?? bothFault(line) ?? halfFault(line);
  if (fault !== null) return fault;
  const key = readLineKey(line, name);
  if (typeof key === 'object' && key !== null) return key;
  const routing = readText(line, '_routing');
  if (typeof routing === 'object' && routing !== null) return routing;
  const operation = readOperation(line, name, { bytes, index });
  return { operation, key, routing };
}

/** The checks of what a line may say, by name. */
const checks: readonly [name: string, expected: string, isSound: (value: unknown) => boolean][] = [
  ['_ifSequence', 'a sequence: an integer from 0', (value) => Number.isSafeInteger(value) && (value as number) >= 0],
  ['_ifTerm', 'a term: an integer from 1', (value) => Number.isSafeInteger(value) && (value as number) > 0],
  ['_version', 'a version: an integer from 1', (value) => Number.isSafeInteger(value) && (value as number) > 0],
  ['_upsert', 'true, or the document to begin with', (value) => typeof value === 'boolean' || isObject(value)],
  ['_detectNoop', 'true or false', (value) => typeof value === 'boolean'],
  ['_removeNulls', 'true or false', (value) => typeof value === 'boolean'],
];

function faultOf(line: Line): DocumentFault | null {
  for (const [field, expected, isSound] of checks) {
    if (!Object.hasOwn(line, field) || isSound(line[field])) continue;
    return {
      code: 'DOCUMENT_FIELD_TYPE',
      at: `/${field}`,
      detail: { field, expected, actual: describeValue(line[field]) },
    };
  }
  return null;
}

function bothFault(line: Line): DocumentFault | null {
  if (line['_ifSequence'] === undefined || line['_version'] === undefined) return null;
  const reason = '_ifSequence and _version exclude each other';
  return { code: 'DOCUMENT_FIELD_UNKNOWN', at: '/_version', detail: { field: '_version', reason } };
}

/** A sequence says nothing without the index that it is of. */
function halfFault(line: Line): DocumentFault | null {
  const lacking = (['_ifSequence', '_ifTerm'] as const).filter((field) => line[field] === undefined);
  if (lacking.length !== 1) return null;
  const [field] = lacking;
  const expected = '_ifSequence and _ifTerm beside each other, as the document was read with';
  return { code: 'DOCUMENT_FIELD_TYPE', at: `/${field}`, detail: { field, expected, actual: 'nothing' } };
}

function conditionOf(line: Line, index: Sent['index']): Condition {
  const { _ifSequence: sequence, _ifTerm: term, _version: version } = line;
  if (version !== undefined) return { kind: 'newer', version: version as number };
  if (sequence === undefined) return { kind: 'none' };
  return conditionIn(index, { kind: 'sequence', sequence: sequence as number, term: term as number });
}

function readLineKey(line: Line, name: Name): string | null | DocumentFault {
  return readText(line, name === '_delete' ? '_delete' : '_key');
}

/** A key, or what is like one. */
function readText(line: Line, name: string): string | null | DocumentFault {
  if (!Object.hasOwn(line, name)) return null;
  const key = keyText(line[name]);
  const at = `/${name}`;
  if (key === undefined) return { code: 'KEY_INVALID', at, detail: { expected: 'a non-empty string, or an integer' } };
  return checkKey(key, at) ?? key;
}

function readOperation(line: Line, name: Name, { bytes, index }: Sent): LineOperation {
  const at = conditionOf(line, index);
  if (name === '_delete') return { kind: 'delete', condition: at };
  const document = documentOf(line, name, bytes);
  if (name === '_create') return { kind: 'put', condition: { kind: 'absent' }, document };
  if (name === '_put') return { kind: 'put', condition: at, document };
  const { _upsert: upsert = false, _detectNoop: detectNoop = true, _removeNulls: removeNulls = false } = line;
  const patch: PatchOptions = {
    upsert: upsert === true ? document : upsert === false ? null : documentOf(line, '_upsert', bytes),
    detectNoop: detectNoop as boolean,
    nulls: removeNulls === true ? 'removed' : 'kept',
  };
  return { kind: 'patch', condition: at, document, patch };
}

function documentOf(line: Line, name: string, bytes: Buffer): LineDocument {
  return { value: line[name], bytes: trim(memberBytes(bytes, name)!), at: `/${name}` };
}
