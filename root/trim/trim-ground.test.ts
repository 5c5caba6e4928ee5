import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../../shared/errors.ts';
import type { Job } from '../../shared/jobs/job-entry.ts';
import { replicasOf } from '../../shared/protocol/replicas.ts';
import { isAnyStored, readTrimGround, type TrimGroundParts } from './trim-ground.ts';

const job: Pick<Job, 'ended' | 'spec'> = {
  ended: null,
  spec: { kind: 'deleteByQuery', index: 'books', indexId: 'x0', conflicts: 'count', docsPerSecond: null },
};
const replica = { index: 'x0', shard: 0, state: 'ready', offset: 9, documents: 1 } as const;

/** Of a root that knows neither job, index nor leaf before it has read the jobs. */
function partsOf(catchUp: () => Promise<void>): TrimGroundParts {
  let isRead = false;
  const jobBook = {
    catchUp: async () => {
      await catchUp();
      isRead = true;
    },
    jobs: { all: () => (isRead ? [job] : []) },
  };
  return {
    jobBook,
    catalog: { state: { indexes: { values: () => (isRead ? [{ id: 'x0', kind: 'document', shards: 1 }] : []) } } },
    membership: { statuses: () => (isRead ? [{ replicas: replicasOf([replica]) }] : []) },
    keptEntries: 10,
  };
}

test('readTrimGround: jobs are read before anything is looked at', async () => {
  const { indexes, leaves, busy, keptEntries } = await readTrimGround(partsOf(async () => Promise.resolve()));
  assert.deepEqual([...indexes].length, 1);
  assert.deepEqual([leaves.length, [...busy], keptEntries], [1, ['x0'], 10]);
});

test('readTrimGround: where jobs cannot be read, nothing may be trimmed', async () => {
  const unread = async (): Promise<void> => Promise.reject(new SheafError('LOG_UNAVAILABLE'));
  await assert.rejects(readTrimGround(partsOf(unread)), { code: 'LOG_UNAVAILABLE' });
});

test('isAnyStored: one replica that object storage has is enough', () => {
  const of = (...stored: (number | undefined)[]) => {
    const replicas = stored.map((offset, shard) => {
      return { ...replica, shard, ...(offset === undefined ? {} : { stored: offset }) };
    });
    return isAnyStored({ membership: { statuses: () => [{ replicas: replicasOf(replicas) }] } });
  };
  assert.deepEqual([of(), of(undefined), of(undefined, 4)], [false, false, true]);
});
