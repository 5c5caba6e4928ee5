import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDate } from './date.ts';
import { valueReader } from '../values.ts';

// Each row: a value of a document, the format of its field, the date as ISO 8601; none where it is no date.
const rows: [value: unknown, format: string | undefined, instant?: string][] = [
  ['2024-05-31T12:00:00+02', undefined, '2024-05-31T10:00:00.000Z'],
  ['2024-05', undefined, '2024-05-01T00:00:00.000Z'],
  ['2024', undefined, '2024-01-01T00:00:00.000Z'],
  ['2024-05-31T12Z', undefined, '2024-05-31T12:00:00.000Z'],
  ['2024-05-31t12:00:00z', undefined, '2024-05-31T12:00:00.000Z'],
  ['2024-05-31T12:00:00,5Z', undefined, '2024-05-31T12:00:00.500Z'],
  ['+275760-09-13T00:00:00.000Z', undefined, '+275760-09-13T00:00:00.000Z'],
  ['+275760-09-13T00:00:00.001Z', undefined],
  ['1717158896789', undefined],
  ['now', undefined],
  [1_717_158_896_789, undefined, '2024-05-31T12:34:56.789Z'],
  [1_717_158_896, 'epoch_second', '2024-05-31T12:34:56.000Z'],
  [1_717_158_896.5, 'epoch_second', '2024-05-31T12:34:56.500Z'],
  ['1717158896', 'epoch_second', '2024-05-31T12:34:56.000Z'],
  ['2024-05-31', 'epoch_second'],
  ['31.05.2024', 'dd.MM.yyyy||epoch_millis', '2024-05-31T00:00:00.000Z'],
  [5, 'dd.MM.yyyy||epoch_millis', '1970-01-01T00:00:00.005Z'],
  [5, 'dd.MM.yyyy'],
  [true, 'epoch_second'],
];
for (const [value, format, instant] of rows) {
  test(`date: ${JSON.stringify(value)} by ${format ?? 'none'} is ${instant ?? 'none'}`, () => {
    const reading = valueReader({ kind: 'date', ...(format === undefined ? {} : { format }) })(value);
    const found = reading.kind === 'value' ? new Date(Number(reading.value)).toISOString() : undefined;
    assert.equal(found, instant);
  });
}

test('parseDate: without a schema only what names its day is a date', () => {
  for (const text of ['2024', '2024-05', '20240531', '2024-W22-5', '2024-152'])
    assert.equal(parseDate(text), undefined);
});
