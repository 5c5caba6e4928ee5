/** Any byte of a log's file damaged: nothing that was recorded once is recorded again, and nothing is begun anew. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SheafError } from '../../errors.ts';
import { createRandom } from '../../random/random.ts';
import { keyedBatch } from '../batch.fixture.ts';
import { databasePath, openFolder } from './folder.ts';
import { LogStore, type AppendOutcome, type AppendRecord } from './store.ts';
import { roundsOf } from '../../../tests/stages/rounds.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-damage-'));
after(() => rmSync(folder, { recursive: true }));

const keys = [...Array(12).keys()].map((number) => `request-${number}`);

function keyed(producer: string, sequence: number, key: string, partition: string): AppendRecord {
  const { batch, requests } = keyedBatch(partition, `${key}=x`);
  const { count, bytes } = batch;
  return { producer, sequence, batches: [{ partition, count, bytes: bytes.length }], requests, body: bytes };
}

/** Each request once more: through another producer under its key, through its own, and another one to its partition. */
const repeats = keys.flatMap((key, index) => [
  keyed('other', index + 1, key, `of ${key}`),
  keyed('root', index + 1, key, `of ${key}`),
  keyed('third', index + 1, `not-${key}`, `of ${key}`),
]);

function shown(outcome: AppendOutcome): string {
  if (!outcome.ok) return outcome.error.code;
  if (outcome.repeated) return 'again';
  const offsets = outcome.appended.map(({ firstOffset }) => firstOffset);
  return [...outcome.outcomes.map(({ kind }) => kind), ...offsets].join(' ');
}

const seed = 510_034;
test(`a byte of the log flipped: every repeat is known or refused; seed ${seed}`, () => {
  const random = createRandom(seed);
  const first = openFolder(folder);
  const store = new LogStore(first.database, { idempotencyRetentionMs: 1000 });
  store.appendAll(
    keys.map((key, index) => keyed('root', index + 1, key, `of ${key}`)),
    0,
  );
  first.close();
  const sound = readFileSync(databasePath(folder));
  let opened = 0;
  const places = [...sound.keys()].filter((at) => random.chance(sound[at] === 0 ? 0.001 : roundsOf(0.1)));
  for (const at of places) {
    const flipped = Buffer.from(sound);
    flipped[at]! ^= 1 << random.integer(0, 7);
    writeFileSync(databasePath(folder), flipped);
    let outcomes: string[] = [];
    try {
      const reopened = openFolder(folder);
      try {
        outcomes = new LogStore(reopened.database, {
          idempotencyRetentionMs: 1000,
          lostRequests: reopened.lostRequests,
        })
          .appendAll(repeats, 1)
          .map(shown);
      } finally {
        reopened.close();
      }
      opened++;
    } catch (error) {
      if (!(error instanceof SheafError)) throw new Error(`byte ${at}`, { cause: error });
      assert.ok(['DATA_CORRUPT', 'DATA_VERSION_UNKNOWN'].includes(error.code), `byte ${at}: ${error.toLine()}`);
    }
    const wrong = outcomes.filter(
      (outcome) => !/^(repeated|again|recorded 1|LOG_CORRUPT|LOG_UNAVAILABLE)$/.test(outcome),
    );
    assert.deepEqual(wrong, [], `byte ${at}`);
    for (const suffix of ['-wal', '-shm']) rmSync(databasePath(folder) + suffix, { force: true });
  }
  assert.ok(opened > places.length / 4, 'a repeat was tried in many of them');
});
