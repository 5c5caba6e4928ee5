import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Query } from '../../shared/query/query.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { Draw, fields, randomDocuments } from '../segment/random-documents.fixture.ts';
import { liveSegment, makeSnapshot, withDeleted, type LiveSegment, type Snapshot } from '../snapshot/snapshot.ts';
import { ScanRun } from './scan-run.ts';

const all: Query = { kind: 'all' };
type Documents = ReturnType<typeof randomDocuments>;
const open = (documents: Documents): LiveSegment => liveSegment(openSegment(buildSegment(fields, documents)));

interface Asked {
  readonly above: number;
  readonly until: number;
  readonly size: number;
  readonly sources?: boolean;
  readonly origin?: number;
}

function scan(snapshot: Snapshot, { sources = false, ...asked }: Asked, work = 1e9) {
  const run = new ScanRun({ query: all, sources, ...asked }, [{ shard: 3, snapshot }], new QueryCaches());
  while (!run.step(work)) assert.equal(run.wholeBelow(), 3);
  assert.equal(run.wholeBelow(), Infinity);
  const { own, body } = run.result();
  return { ...own.found, upTo: own.upTo, body };
}

test('ScanRun: pages of any size, over segments that overlap, give each live document once, in the order of the log', (t) => {
  const seed = Number(process.env['SEED'] ?? 12);
  t.diagnostic(`seed ${seed}`);
  const draw = new Draw(seed);
  for (let round = 0; round < 60; round++) {
    const documents = randomDocuments(draw, 1 + draw.below(90));
    const groups = Map.groupBy(documents, () => draw.below(4));
    const gone = new Set<number>();
    const segments = [...groups.values()].map((group) => {
      const deleted = group.flatMap((_, i) => (draw.chance(0.3) ? [i] : []));
      for (const i of deleted) gone.add(group[i]!.offset);
      return withDeleted(open(group), deleted);
    });
    const snapshot = makeSnapshot(segments, 1e6);
    const above = draw.chance(0.5) ? -1 : draw.pick(documents).offset;
    const until = draw.chance(0.5) ? 1e6 : draw.pick(documents).offset;
    const size = 1 + draw.below(12);
    const found: string[] = [];
    for (let at = above; at < until;) {
      const page = scan(snapshot, { above: at, until, size }, 1 + draw.below(500));
      assert.ok(page.upTo > at && page.keys.length <= size);
      found.push(...page.keys.map((key, i) => `${page.sequences[i]} ${key}`));
      at = page.upTo;
    }
    const plain = documents.filter(({ offset }) => offset > above && offset <= until && !gone.has(offset));
    assert.deepEqual(
      found,
      plain.map(({ offset, key }) => `${offset} ${key}`),
    );
  }
});

test('ScanRun: sources come along where they are asked for, a page of them no larger than it may be', () => {
  const documents = randomDocuments(new Draw(4), 9).map((each) => ({
    ...each,
    source: Buffer.from(`{"title":"${'x'.repeat(30)}"}`.padEnd(1_500_000)),
  }));
  const snapshot = makeSnapshot([open(documents)], 1e6);
  const { sourceBytes, body, upTo } = scan(snapshot, { above: -1, until: 1e6, size: 9, sources: true });
  assert.deepEqual(sourceBytes, [1_500_000, 1_500_000]);
  assert.deepEqual(
    body.map(({ length }) => length),
    sourceBytes,
  );
  assert.equal(upTo, documents[1]!.offset);
});

test('ScanRun: of the copies of one origin, in pages of any size, all are found and nothing else', () => {
  const documents = randomDocuments(new Draw(9), 700);
  const snapshot = makeSnapshot([open(documents.slice(0, 400)), open(documents.slice(400))], 1e6);
  for (const origin of [1, 2, 3]) {
    const found: string[] = [];
    for (let above = -1; above < 1e6;) {
      const page = scan(snapshot, { above, until: 1e6, size: 7, origin });
      found.push(...page.keys);
      above = page.upTo;
    }
    const plain = documents.filter((each) => each.origin === origin);
    assert.deepEqual(
      found,
      plain.map(({ key }) => key),
    );
    assert.equal(plain.length > 0, origin < 3);
  }
});

test('ScanRun: a query that matches nothing has looked at all', () => {
  const snapshot = makeSnapshot([open(randomDocuments(new Draw(4), 9))], 1e6);
  const none: Query = { kind: 'none' };
  const run = new ScanRun(
    { query: none, above: -1, until: 77, size: 5, sources: false },
    [{ shard: 0, snapshot }],
    new QueryCaches(),
  );
  while (!run.step(100));
  assert.deepEqual(run.result().own, { kind: 'scan', found: { keys: [], sequences: [], sourceBytes: [] }, upTo: 77 });
});
