import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../shared/limits.ts';
import { boundsOfField, isColumnsReport, noValues } from '../../shared/protocol/columns-report.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { indexedFields } from '../../shared/schema/schema.ts';
import { buildSegment } from './build.ts';
import { openSegment, type Segment } from './open.ts';
import { columnsOfSegments } from './report-columns.ts';

const fields = indexedFields({
  dynamic: 'strict',
  fields: {
    n: { kind: 'integer' },
    f: { kind: 'float' },
    d: { kind: 'date' },
    b: { kind: 'boolean' },
    k: { kind: 'keyword' },
    t: { kind: 'text' },
    none: { kind: 'integer' },
  },
});

type Document = Readonly<Record<string, unknown>>;

function segmentOf(documents: readonly Document[], of = fields): Segment {
  const stored = documents.map((document, i) => {
    return { key: `k${i}`, offset: i, source: Buffer.from(JSON.stringify(document)) };
  });
  return openSegment(buildSegment(of, stored));
}

const numbers = { n: 'integer', f: 'float', d: 'date' } as const;

function draw(random: Random, name: keyof typeof numbers): number {
  const size = 10 ** random.integer(0, name === 'f' ? 300 : 15);
  const value = (random.next() - 0.5) * size;
  return name === 'f' ? value : Math.round(value);
}

test('columnsOfSegments: no document has more values, and none is beyond', (t) => {
  const seed = 930;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 100; run++) {
    const documents = Array.from({ length: random.integer(1, 40) }, (): Document => {
      const some = <T>(make: () => T): T[] => Array.from({ length: random.integer(0, 3) }, make);
      const values = { n: some(() => draw(random, 'n')), f: some(() => draw(random, 'f')) };
      return { ...values, d: some(() => draw(random, 'd')), k: some(() => `${random.integer(0, 9)}`), t: 'a b' };
    });
    const cut = random.integer(0, documents.length);
    const parts = [documents.slice(0, cut), documents.slice(cut)].filter(({ length }) => length > 0);
    const columns = columnsOfSegments(parts.map((part) => segmentOf(part)));
    assert.ok(isColumnsReport(JSON.parse(JSON.stringify(columns))));
    for (const name of ['n', 'f', 'd', 'k'] as const) {
      const { most, low, high } = boundsOfField(columns, name);
      for (const document of documents) {
        const values = document[name] as (number | string)[];
        assert.ok(values.length <= most, `${name}: ${values.length} of ${most}`);
        for (const value of values) {
          if (typeof value === 'number') assert.ok(low <= value && value <= high, `${value}: ${low} to ${high}`);
        }
      }
    }
    assert.deepEqual(
      Object.keys(columns.fields).filter((name) => name === 't' || name === 'none'),
      [],
    );
  }
});

test('columnsOfSegments: of few values they are the least and the greatest', () => {
  const segment = segmentOf([
    { n: [3, 4], f: 0.5, b: true },
    { f: -1.25, k: 'x' },
  ]);
  assert.deepEqual(columnsOfSegments([segment]), {
    fields: { n: [2, 3, 4], f: [1, -1.25, 0.5], b: [1, 1, 1], k: [1] },
  });
  assert.deepEqual(columnsOfSegments([]), { fields: {} });
});

test('columnsOfSegments: of more fields than are told nothing is known of the others', () => {
  const names = Array.from({ length: limits.columnsToldMax + 1 }, (_, i) => `n${i}`);
  const of = indexedFields({
    dynamic: 'strict',
    fields: Object.fromEntries(names.map((name) => [name, { kind: 'integer' as const }])),
  });
  const told = columnsOfSegments([segmentOf([Object.fromEntries(names.map((name) => [name, 7]))], of)]);
  assert.equal(Object.keys(told.fields).length, limits.columnsToldMax);
  assert.equal(told.leftOut, true);
  assert.deepEqual(
    names.map((name) => boundsOfField(told, name).most).filter((most) => most !== 1),
    [Infinity],
  );
  const fewer = columnsOfSegments([segmentOf([{ n0: 7 }], of)]);
  assert.equal(fewer.leftOut, undefined);
  assert.deepEqual(boundsOfField(fewer, 'n1'), noValues);
});
