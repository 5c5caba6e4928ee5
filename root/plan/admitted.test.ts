import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { asSheafError } from '../../shared/errors.ts';
import { LeafBook } from '../scatter/leaf-book.ts';
import { runAdmitted, type DoorDependencies } from './admitted.ts';

const index: IndexDefinition = {
  id: 'x0',
  name: 'x',
  kind: 'document',
  schema: { dynamic: 'false', fields: {} },
  shards: 1,
  replicas: 1,
};
const query = { indexes: [index], priority: 'interactive', timeoutMs: 100 } as const;

/** A root over an index of leaf `a`, which has told this line, and others of leaf `b`, which has none. */
function rootBefore(waitMs: number, behindMs = 0): DoorDependencies {
  const book = new LeafBook();
  book.toldBacklog('a', { interactiveMs: waitMs, batchMs: waitMs, taskMs: 1 }, 0);
  return {
    clock: { now: () => 0 },
    directory: { readyOwners: (indexId) => [[indexId === index.id ? 'a' : 'b']] },
    defence: { book },
    loop: { behindMs },
  };
}

const limits = { standingMs: 25, burstMs: 50, burstLastsMs: 100 };
// Each row: milliseconds in line on the leaf, and that the root is behind; what a refusal tells, null where it is let in.
const rows: [name: string, waitMs: number, behindMs: number, refusal: object | null][] = [
  ['all is well', 0, 0, null],
  ['the line is half of the time', 50, 0, null],
  ['the line is longer', 51, 0, { priority: 'interactive', timeoutMs: 100, ...limits }],
  ['the root is behind by a quarter of the time', 0, 25, null],
  ['the root is behind by more than that', 0, 26, { priority: 'interactive', behindMs: 26, timeoutMs: 100 }],
];
for (const [name, waitMs, behindMs, refusal] of rows) {
  test(`runAdmitted: ${name}`, async () => {
    let ran = 0;
    const outcome = runAdmitted(rootBefore(waitMs, behindMs), query, async () => ++ran);
    const told = await outcome.then(() => null, asSheafError);
    assert.deepEqual(told?.detail ?? null, refusal);
    assert.equal(told?.code, refusal === null ? undefined : 'OVERLOADED');
    assert.equal(ran, refusal === null ? 1 : 0, 'a query that is refused does not begin');
  });
}

test('runAdmitted: what fails inside is told as it is', async () => {
  const fault = new Error('x');
  await assert.rejects(
    runAdmitted(rootBefore(0), query, () => Promise.reject(fault)),
    fault,
  );
});

test('runAdmitted: the lines at the leaves of one index hold back no other', async () => {
  const root = rootBefore(500);
  await assert.rejects(
    runAdmitted(root, query, async () => 1),
    { code: 'OVERLOADED' },
  );
  const other = { ...query, indexes: [{ ...index, id: 'x1' }] };
  assert.equal(await runAdmitted(root, other, async () => 1), 1);
});

// Each row: milliseconds of a query with little time, milliseconds that the root is behind, whether it is let in.
const short: [timeoutMs: number, behindMs: number, isLetIn: boolean][] = [
  [1, 5, true],
  [1, 5.5, false],
  [20, 5, true],
  [20, 5.5, false],
  [24, 6, true],
  [24, 6.5, false],
];
for (const [timeoutMs, behindMs, isLetIn] of short) {
  test(`runAdmitted: a query of ${timeoutMs} ms, the root ${behindMs} ms behind`, async () => {
    const outcome = runAdmitted(rootBefore(0, behindMs), { ...query, timeoutMs }, async () => 'ran');
    assert.equal(await outcome.catch((error: unknown) => asSheafError(error).code), isLetIn ? 'ran' : 'OVERLOADED');
  });
}
