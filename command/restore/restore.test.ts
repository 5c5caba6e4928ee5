import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restore, restoredLines } from './restore.ts';

const from = { place: 'file:/stored', index: 'films' };
type Restored = Parameters<typeof restoredLines>[0];
const restored: Restored = {
  index: 'films',
  id: 'x1',
  kind: 'document',
  shards: [4, -1],
  documents: 7,
  storedAt: null,
  bytes: 1200,
  uneven: null,
  aliases: [],
  from,
};

// Each row: what is different, and the lines.
const rows: [name: string, change: Partial<Restored>, lines: string[]][] = [
  ['an index', {}, ['films is back from file:/stored, as films was up to 4 -1: 7 documents, 1,200 bytes']],
  [
    'under another name, in aliases',
    { index: 'older', aliases: ['all', 'old'] },
    ['older is back from file:/stored, as films was up to 4 -1: 7 documents, 1,200 bytes', '  in all, old again'],
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
  const config = { url: 'http://127.0.0.1:1', as: undefined, at: undefined, all: true, json: false };
  const said = (): never => assert.fail('nothing is said');
  await assert.rejects(restore(config, 'films', said), /--all takes no index/);
  await assert.rejects(restore({ ...config, as: 'older' }, '', said), /--all takes no index/);
});
