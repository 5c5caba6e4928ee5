import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachKind } from '../aggregation/each-kind.fixture.ts';
import type { SheafError } from '../errors.ts';
import { RequestNode } from '../json/request-node.ts';
import { validateAggregations } from './validate-aggregations.ts';

const { request: sum } = eachKind.sum;
const { request: terms } = eachKind.terms;
const { request: histogram } = eachKind.histogram;
const { request: dates } = eachKind.date_histogram;

function faultOf(request: unknown): string | null {
  try {
    validateAggregations(RequestNode.body({ a: request }));
    return null;
  } catch (error) {
    const { code, at } = error as SheafError;
    return `${code} ${at}`;
  }
}

test('validateAggregations: takes every kind, and refuses it where anything is missing, or null', () => {
  for (const { request } of Object.values(eachKind)) {
    assert.equal(faultOf(request), null);
    for (const name of Object.keys(request)) {
      const { [name]: _, ...rest } = request as Readonly<Record<string, unknown>>;
      assert.equal(faultOf(rest), 'REQUEST_FIELD_MISSING /a', name);
      assert.equal(faultOf({ ...request, [name]: null }), `REQUEST_TYPE_WRONG /a/${name}`);
    }
  }
});

// Each row: an aggregation, the fault that is found in it.
const bad: [request: unknown, fault: string][] = [
  [null, 'REQUEST_TYPE_WRONG /a'],
  [{ ...sum, kind: 'median' }, 'REQUEST_VALUE_INVALID /a/kind'],
  [{ ...sum, show: 'roman' }, 'REQUEST_VALUE_INVALID /a/show'],
  [{ ...terms, size: 0 }, 'REQUEST_VALUE_INVALID /a/size'],
  [{ ...terms, order: [{ by: 'size', descending: true }] }, 'REQUEST_VALUE_INVALID /a/order/0/by'],
  [{ ...terms, order: [{ by: 'metric', descending: true, path: ['m'] }] }, 'REQUEST_FIELD_MISSING /a/order/0'],
  [{ ...terms, missing: {} }, 'REQUEST_TYPE_WRONG /a/missing'],
  [{ ...terms, accuracy: 'best' }, 'REQUEST_VALUE_INVALID /a/accuracy'],
  [{ ...terms, wanted: { kind: 'all' } }, 'REQUEST_VALUE_INVALID /a/wanted/kind'],
  [{ ...terms, wanted: { kind: 'counts', from: 0, upTo: 3 } }, 'REQUEST_VALUE_INVALID /a/wanted/from'],
  [{ ...terms, wanted: { kind: 'counts', from: 1 } }, 'REQUEST_FIELD_MISSING /a/wanted'],
  [{ ...terms, wanted: { kind: 'keys', keys: [1] } }, 'REQUEST_TYPE_WRONG /a/wanted/keys/0'],
  [
    { ...terms, choice: { include: { kind: 'pattern', pattern: '(' } } },
    'REQUEST_VALUE_INVALID /a/choice/include/pattern',
  ],
  [
    { ...terms, choice: { exclude: { kind: 'values', values: [null] } } },
    'REQUEST_TYPE_WRONG /a/choice/exclude/values/0',
  ],
  [{ ...eachKind.multi_terms.request, sources: [{ field: 'f' }] }, 'REQUEST_FIELD_MISSING /a/sources/0'],
  [{ ...eachKind.composite.request, sources: [{ by: 'terms', field: 'f' }] }, 'REQUEST_FIELD_MISSING /a/sources/0'],
  [{ ...eachKind.composite.request, sources: [{ by: 'places' }] }, 'REQUEST_VALUE_INVALID /a/sources/0/by'],
  [{ ...eachKind.top_hits.request, size: -1 }, 'REQUEST_VALUE_INVALID /a/size'],
  [{ ...eachKind.top_hits.request, sort: [{ by: 'place' }] }, 'REQUEST_VALUE_INVALID /a/sort/0/by'],
  [{ ...eachKind.top_hits.request, shows: ['roman'] }, 'REQUEST_VALUE_INVALID /a/shows/0'],
  [{ ...eachKind.top_hits.request, source: 1 }, 'REQUEST_TYPE_WRONG /a/source'],
  [{ ...histogram, interval: 0 }, 'REQUEST_VALUE_INVALID /a/interval'],
  [{ ...histogram, order: { by: 'metric', descending: true } }, 'REQUEST_VALUE_INVALID /a/order/by'],
  [{ ...histogram, hardBounds: { min: 'a' } }, 'REQUEST_TYPE_WRONG /a/hardBounds/min'],
  [{ ...dates, interval: { kind: 'calendar', unit: 'decade' } }, 'REQUEST_VALUE_INVALID /a/interval/unit'],
  [{ ...dates, interval: { kind: 'fixed', ms: 0 } }, 'REQUEST_VALUE_INVALID /a/interval/ms'],
  [{ ...dates, interval: { kind: 'fixed' } }, 'REQUEST_FIELD_MISSING /a/interval'],
  [{ ...dates, timeZone: 'Mars/Base' }, 'REQUEST_VALUE_INVALID /a/timeZone'],
  [{ ...dates, format: 'bbb' }, 'REQUEST_VALUE_INVALID /a/format'],
  [
    { ...histogram, aggregations: { t: { ...terms, aggregations: { s: 1 } } } },
    'REQUEST_TYPE_WRONG /a/aggregations/t/aggregations/s',
  ],
];
for (const [request, fault] of bad) {
  test(`validateAggregations: ${JSON.stringify(request)}`, () => assert.equal(faultOf(request), fault));
}
