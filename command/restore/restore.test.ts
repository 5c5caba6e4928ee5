import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { restorableLines, restore, restoredLines } from './restore.ts';

const from = { place: 'file:/stored', index: 'films' };
type Restored = Parameters<typeof restoredLines>[0];
const restored: Restored = {
  index: 'films',
  id: 'x1',
  kind: 'document',
  shards: [4, -1],
  faults: [],
  documents: 7,
  storedAt: null,
  bytes: 1200,
  uneven: null,
  aliases: [],
  from,
};

// Each row: what is different, and the lines.
const rows: [name: string, change: Partial<Restored>, lines: string[]][] = [
  [
    'an index',
    {},
    [
      'films is back from file:/stored, as films was up to 4 -1: 7 documents, 1,200 bytes',
      '  empty, as nothing of them was restored: shards 1',
    ],
  ],
  [
    'under another name, in aliases',
    { index: 'older', aliases: ['all', 'old'] },
    [
      'older is back from file:/stored, as films was up to 4 -1: 7 documents, 1,200 bytes',
      '  empty, as nothing of them was restored: shards 1',
      '  in all, old again',
    ],
  ],
  [
    'of which shards do not go equally far',
    { shards: [4, 9], uneven: { after: 4, upTo: 9 } },
    [
      'films is back from file:/stored, as films was up to 4 9: 7 documents, 1,200 bytes',
      '  Its shards do not go equally far: what was written after 4 up to 9 is found by some of its terms only.',
    ],
  ],
];
for (const [name, change, lines] of rows) {
  test(`restoredLines: ${name}`, () => {
    assert.deepEqual(restoredLines({ ...restored, ...change }), lines);
  });
}

test('restore: all, and one by name, are not asked for at once', async () => {
  const config = {
    url: 'http://127.0.0.1:1',
    as: undefined,
    at: undefined,
    all: true,
    without: undefined,
    json: false,
  };
  const said = (): never => assert.fail('nothing is said');
  await assert.rejects(restore(config, 'films', said), /--all takes no index/);
  await assert.rejects(restore({ ...config, as: 'older' }, '', said), /--all takes no index/);
  await assert.rejects(restore({ ...config, without: '1' }, '', said), /--without is of one index/);
  await assert.rejects(restore({ ...config, all: false, without: '1,x' }, 'films', said), /numbers of shards/);
});

test('restore: a list with what cannot be restored ends with exit code 1', async (t) => {
  const { aliases: _aliases, from: _from, ...stored } = restored;
  const fault = { shard: 1, code: 'STORAGE_CORRUPT', reason: 'checksum', fix: 'put it back' };
  let faults: readonly object[] = [];
  const server = createServer((_request, response) => {
    response.end(JSON.stringify({ from, indexes: [{ ...stored, faults }], templates: [] }));
  });
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const config = { as: undefined, at: undefined, all: false, without: undefined, json: true };
  const list = async (): Promise<number> =>
    await restore({ ...config, url: `http://127.0.0.1:${address.port}` }, '', () => undefined);
  assert.equal(await list(), 0);
  faults = [fault];
  assert.equal(await list(), 1);
});

test('restorableLines: what cannot be restored is named beside what can', () => {
  const { aliases: _aliases, from: _from, ...stored } = restored;
  const fault = { shard: 1, code: 'STORAGE_CORRUPT', reason: 'file:/stored/manifest: checksum', fix: 'put it back' };
  const found = {
    from,
    indexes: [
      { ...stored, faults: [fault] },
      { ...stored, index: 'books', shards: [9, 9] },
    ],
    templates: ['daily'],
  };
  assert.deepEqual(restorableLines(found).slice(-3), [
    'templates: daily',
    'films, shard 1 cannot be restored: STORAGE_CORRUPT: file:/stored/manifest: checksum',
    'put it back',
  ]);
  assert.ok(restorableLines(found).some((line) => line.startsWith('books')));
});
