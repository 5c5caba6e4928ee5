import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../../shared/errors.ts';
import { readSource } from './read-source.ts';

const body = { brokers: ['kafka-0:9092', '[::1]:9093'], topic: 'orders', index: 'sales' };

test('readSource: what is left out', () => {
  assert.deepEqual(readSource('orders', body), {
    name: 'orders',
    ...body,
    key: { of: 'place' },
    add: {},
    from: 'earliest',
    deadLetters: 'orders.dead-letters',
  });
});

test('readSource: all of it', () => {
  const more = {
    key: { field: 'a.b' },
    at: 'payload.after',
    add: { at: 'timestamp' },
    from: 'latest',
    deadLetters: 'd',
  };
  const spec = readSource('orders', { name: 'orders', ...body, ...more });
  assert.deepEqual(spec, { name: 'orders', ...body, ...more, key: { of: 'field', field: 'a.b' } });
});

// Each row: what is wrong with it, in place of what is said otherwise, the code, where.
const rows: [name: string, wrong: object, code: string, at: string][] = [
  ['another name', { name: 'sales' }, 'REQUEST_VALUE_INVALID', '/name'],
  ['no brokers', { brokers: [] }, 'REQUEST_VALUE_INVALID', '/brokers'],
  ['a broker without a port', { brokers: ['kafka'] }, 'REQUEST_VALUE_INVALID', '/brokers/0'],
  ['credentials', { brokers: ['user:secret@kafka:9092'] }, 'REQUEST_VALUE_INVALID', '/brokers/0'],
  ['a topic that cannot be', { topic: 'a b' }, 'REQUEST_VALUE_INVALID', '/topic'],
  ['an index that cannot be', { index: 'Sales' }, 'INDEX_NAME_INVALID', '/index'],
  ['dead letters among what is read', { deadLetters: 'orders' }, 'REQUEST_VALUE_INVALID', '/deadLetters'],
  ['a key that is none', { key: 'value' }, 'REQUEST_VALUE_INVALID', '/key'],
  ['a field without a name', { key: { field: '' } }, 'REQUEST_VALUE_INVALID', '/key/field'],
  ['a path with a hole', { at: 'a..b' }, 'REQUEST_VALUE_INVALID', '/at'],
  ['a fact that is none', { add: { at: 'weather' } }, 'REQUEST_VALUE_INVALID', '/add/at'],
  ['a field that is ours', { add: { _key: 'key' } }, 'REQUEST_VALUE_INVALID', '/add/_key'],
  ['a beginning that is none', { from: 'middle' }, 'REQUEST_VALUE_INVALID', '/from'],
  ['what is not known', { password: 'secret' }, 'REQUEST_FIELD_UNKNOWN', '/password'],
];
for (const [name, wrong, code, at] of rows) {
  test(`readSource: ${name}`, () => {
    assert.throws(
      () => readSource('orders', { ...body, ...wrong }),
      (error: SheafError) => {
        assert.deepEqual([error.code, error.at], [code, at]);
        assert.doesNotMatch(JSON.stringify(error.toBody()), /secret/);
        return true;
      },
    );
  });
}
