import { test } from 'node:test';
import assert from 'node:assert/strict';
import { limits } from '../../shared/limits.ts';
import { parseAnalyzeBody } from './parse-analyze-body.ts';
import type { AnalyzeRequest } from './parse-analyze-body.ts';
import { assertFault, testSchema } from './test-schema.ts';

const { fields } = testSchema;
const schema = { ...testSchema, fields: { ...fields, stems: { kind: 'text', analyzer: 'english' } } } as const;
const long = 'x'.repeat(limits.analyzedLengthMax);

const rows: [body: unknown, expected: AnalyzeRequest][] = [
  [
    { field: 'title', text: 'a' },
    { analyzer: 'standard', text: 'a' },
  ],
  [
    { field: 'stems', text: '' },
    { analyzer: 'english', text: '' },
  ],
  [
    { analyzer: 'simple', text: long },
    { analyzer: 'simple', text: long },
  ],
];
for (const [body, expected] of rows) {
  test(`parseAnalyzeBody: ${JSON.stringify(body).slice(0, 60)}`, () => {
    assert.deepEqual(parseAnalyzeBody(body, schema), expected);
  });
}

const faults: [body: unknown, fault: string, facts?: Readonly<Record<string, unknown>>][] = [
  [undefined, 'BODY_MISSING undefined'],
  [{ text: 'a' }, 'REQUEST_VALUE_INVALID ', { actual: 'neither' }],
  [{ text: 'a', field: 'title', analyzer: 'simple' }, 'REQUEST_VALUE_INVALID ', { actual: 'both' }],
  [{ field: 'title' }, 'REQUEST_FIELD_MISSING ', { field: 'text' }],
  [{ field: 'title', text: 5 }, 'REQUEST_TYPE_WRONG /text'],
  [
    { field: 'title', text: `${long}x` },
    'REQUEST_VALUE_INVALID /text',
    { limit: long.length, actual: long.length + 1 },
  ],
  [{ field: 'nope', text: 'a' }, 'FIELD_UNKNOWN /field'],
  [{ field: 'year', text: 'a' }, 'FIELD_KIND_WRONG /field'],
  [{ analyzer: 'klingon', text: 'a' }, 'REQUEST_VALUE_INVALID /analyzer'],
  [{ field: 'title', text: 'a', x: 1 }, 'REQUEST_FIELD_UNKNOWN /x'],
];
for (const [body, fault, facts] of faults) {
  test(`parseAnalyzeBody: refuses ${JSON.stringify(body)?.slice(0, 60)}`, () =>
    assertFault(() => parseAnalyzeBody(body, schema), fault, facts));
}
