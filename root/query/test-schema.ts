import assert from 'node:assert/strict';
import { SheafError } from '../../shared/errors.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';

/** The schema that the tests of this folder ask of: one field of each kind. */
export const testSchema: IndexSchema = {
  dynamic: 'strict',
  fields: {
    title: { kind: 'text', fields: { raw: { kind: 'keyword' } } },
    body: { kind: 'text' },
    tag: { kind: 'keyword' },
    year: { kind: 'integer' },
    price: { kind: 'float' },
    draft: { kind: 'boolean' },
    seen: { kind: 'date' },
    'author.name': { kind: 'keyword' },
  },
};

/** The SheafError that a call throws, as `CODE at` and its detail. */
function faultOf(call: () => unknown): { fault: string; detail: Readonly<Record<string, unknown>> } {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof SheafError, String(error));
    return { fault: `${error.code} ${error.at}`, detail: error.detail };
  }
  return { fault: 'none', detail: {} };
}

/** Asserts that a call throws this fault, with at least these facts in its detail. */
export function assertFault(call: () => unknown, fault: string, facts: Readonly<Record<string, unknown>> = {}): void {
  const actual = faultOf(call);
  assert.equal(actual.fault, fault, JSON.stringify(actual.detail));
  const detail = Object.fromEntries(Object.keys(facts).map((name) => [name, actual.detail[name]]));
  assert.deepEqual(detail, facts);
}
