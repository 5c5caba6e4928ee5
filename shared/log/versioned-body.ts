/** Bodies of entries that are JSON and say their version, for partitions whose readers all have to decide alike. Pure. */
import { SheafError } from '../errors.ts';
import { isCount } from '../json/is-count.ts';
import { isObject } from '../json/read-object.ts';
import type { EntryKind } from './batch.ts';

export type EntryFields = Readonly<Record<string, unknown>>;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export function writeVersioned(version: number, entry: object): Uint8Array {
  return encoder.encode(JSON.stringify({ version, ...entry }));
}

/**
 * What an entry of kind put says beside its version.
 * @param known the highest version that is understood
 * @throws SheafError BATCH_INVALID; BATCH_VERSION_UNKNOWN where a newer Sheaf wrote it
 */
export function readVersioned(known: number, kind: EntryKind, body: Uint8Array): EntryFields {
  const fields = kind === 'put' ? parse(body) : null;
  if (!isObject(fields)) throw invalidBody('not an object of JSON');
  const { version, ...rest } = fields;
  if (!isCount(version) || version === 0) throw invalidBody('no version');
  if (version > known) throw new SheafError('BATCH_VERSION_UNKNOWN', { detail: { version, known } });
  return rest;
}

export function invalidBody(reason: string): SheafError {
  return new SheafError('BATCH_INVALID', { detail: { reason } });
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(body));
  } catch {
    return null;
  }
}
