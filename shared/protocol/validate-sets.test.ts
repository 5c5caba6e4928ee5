import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SheafError } from '../errors.ts';
import { RequestNode } from '../json/request-node.ts';
import { validateExpression } from './validate-sets.ts';

const a = { kind: 'term', id: 1, term: 0 };
const b = { kind: 'all', id: 2, shard: 0 };

// Each row: an expression, the fault that is found in it.
const rows: [expression: unknown, fault: string | null][] = [
  [a, null],
  [b, null],
  [{ kind: 'none', id: 0 }, null],
  [{ kind: 'and', id: 0, of: [a, b] }, null],
  [{ kind: 'atLeast', id: 0, of: [a, b], minimum: 2 }, null],
  [{ kind: 'minus', id: 0, from: a, without: b }, null],
  [{ kind: 'with', id: 0, of: a, also: [] }, null],
  [{ kind: 'term', id: 0 }, 'REQUEST_FIELD_MISSING '],
  [{ kind: 'term', term: 0 }, 'REQUEST_FIELD_MISSING '],
  [{ kind: 'nor', id: 0 }, 'REQUEST_VALUE_INVALID /kind'],
  [{ kind: 'and', id: 0, of: [] }, 'REQUEST_VALUE_INVALID /of'],
  [{ kind: 'or', id: 0, of: [a, null] }, 'REQUEST_TYPE_WRONG /of/1'],
  [{ kind: 'atLeast', id: 0, of: [a, b], minimum: 1_000_000_000 }, 'REQUEST_VALUE_INVALID /minimum'],
  [{ kind: 'minus', id: 0, from: a }, 'REQUEST_FIELD_MISSING '],
  [{ kind: 'with', id: 0, of: a, also: b }, 'REQUEST_TYPE_WRONG /also'],
];
for (const [expression, fault] of rows) {
  test(`validateExpression: ${JSON.stringify(expression)}`, () => {
    const validate = (): unknown => validateExpression(RequestNode.body(expression));
    if (fault === null) return void validate();
    assert.throws(validate, (error: SheafError) => `${error.code} ${error.at}` === fault);
  });
}
