import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { asSheafError } from '../../shared/errors.ts';
import { Admission } from './admission.ts';
import { runAdmitted, type DoorDependencies } from './admitted.ts';
import type { ReportedLoad } from './pressure.ts';

const index: IndexDefinition = {
  id: 'x0',
  name: 'x',
  kind: 'document',
  schema: { dynamic: 'false', fields: {} },
  shards: 1,
  replicas: 1,
};
const query = { index, priority: 'interactive', arrivedAt: 0, timeoutMs: 100 } as const;

/** A door behind which so many queries are under way. */
async function door(busy: { readonly leaf: boolean; readonly root: boolean }, underWay: number) {
  let now = 0;
  const admission = new Admission();
  const reports = new Map<string, ReportedLoad>([['a', { overloaded: busy.leaf }]]);
  const root: DoorDependencies = {
    clock: { now: () => now },
    admission,
    directory: { readyOwners: () => [['a']] },
    membership: { reports: () => reports },
    loop: { isStanding: () => busy.root },
  };
  for (let i = 0; i < underWay; i++) void runAdmitted({ ...root, loop: { isStanding: () => false } }, query, never);
  now = 200;
  let ran = 0;
  const outcome = await runAdmitted(root, query, async () => ++ran).catch((error: unknown) => asSheafError(error).code);
  return { outcome, ran, inFlight: admission.inFlight };
}

function never(): Promise<number> {
  return new Promise(() => undefined);
}

// Each row: who is overloaded, how many queries are under way and none of them ends, whether the next is let in.
const rows: [name: string, busy: { leaf: boolean; root: boolean }, underWay: number, isLetIn: boolean][] = [
  ['nobody is overloaded', { leaf: false, root: false }, 50, true],
  ['the only replica is', { leaf: true, root: false }, 50, false],
  ['the thread of the root is', { leaf: false, root: true }, 50, false],
  ['the thread of the root is, with nothing under way', { leaf: false, root: true }, 0, true],
];
for (const [name, busy, underWay, isLetIn] of rows) {
  test(`runAdmitted: ${name}`, async () => {
    const { outcome, ran, inFlight } = await door(busy, underWay);
    if (isLetIn) assert.equal(outcome, 1);
    else assert.equal(outcome, 'OVERLOADED');
    assert.equal(ran, isLetIn ? 1 : 0, 'a query that is refused does not begin');
    assert.equal(inFlight, underWay, 'one that has ended is not under way');
  });
}

test('runAdmitted: a query that fails is not under way any more', async () => {
  const admission = new Admission();
  const root: DoorDependencies = {
    clock: { now: () => 0 },
    admission,
    directory: { readyOwners: () => [] },
    membership: { reports: () => new Map() },
    loop: { isStanding: () => false },
  };
  await assert.rejects(runAdmitted(root, query, () => Promise.reject(new Error('x'))));
  assert.equal(admission.inFlight, 0);
});
