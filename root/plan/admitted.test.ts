import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { asSheafError } from '../../shared/errors.ts';
import { Admissions } from './admissions.ts';
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

/** What becomes of one more query, when so many are under way and none of them ends. */
async function ask(leafIsOverloaded: boolean, behindMs: number, underWay: number) {
  let now = 0;
  const admissions = new Admissions();
  const reports = new Map<string, ReportedLoad>([['a', { overloaded: leafIsOverloaded }]]);
  const root: DoorDependencies = {
    clock: { now: () => now },
    admissions,
    directory: { readyOwners: () => [['a']] },
    membership: { reports: () => reports },
    loop: { behindMs: 0 },
  };
  for (let i = 0; i < underWay; i++) void runAdmitted(root, query, never);
  now = 200;
  let ran = 0;
  const last = runAdmitted({ ...root, loop: { behindMs } }, query, async () => ++ran);
  const outcome = await last.catch((error: unknown) => asSheafError(error).code);
  return { outcome, ran, inFlight: admissions.inFlight };
}

function never(): Promise<number> {
  return new Promise(() => undefined);
}

// Each row: the leaf is overloaded, milliseconds that the root is behind, queries under way; whether one more is let in.
const rows: [name: string, leafIsOverloaded: boolean, behindMs: number, underWay: number, isLetIn: boolean][] = [
  ['all is well', false, 0, 50, true],
  ['the only replica is overloaded', true, 0, 50, false],
  ['the root is behind by a quarter of the time', false, 25, 0, true],
  ['the root is behind by more than that', false, 26, 0, false],
];
for (const [name, leafIsOverloaded, behindMs, underWay, isLetIn] of rows) {
  test(`runAdmitted: ${name}`, async () => {
    const { outcome, ran, inFlight } = await ask(leafIsOverloaded, behindMs, underWay);
    assert.equal(outcome, isLetIn ? 1 : 'OVERLOADED');
    assert.equal(ran, isLetIn ? 1 : 0, 'a query that is refused does not begin');
    assert.equal(inFlight, underWay, 'one that has ended is not under way');
  });
}

test('runAdmitted: a query that fails is not under way any more', async () => {
  const admissions = new Admissions();
  const root: DoorDependencies = {
    clock: { now: () => 0 },
    admissions,
    directory: { readyOwners: () => [] },
    membership: { reports: () => new Map() },
    loop: { behindMs: 0 },
  };
  await assert.rejects(runAdmitted(root, query, () => Promise.reject(new Error('x'))));
  assert.equal(admissions.inFlight, 0);
});

test('runAdmitted: the overload of the leaves of one index holds back no other', async () => {
  let now = 0;
  const root: DoorDependencies = {
    clock: { now: () => now },
    admissions: new Admissions(),
    directory: { readyOwners: (indexId) => [[indexId === index.id ? 'a' : 'b']] },
    membership: { reports: () => new Map<string, ReportedLoad>([['a', { overloaded: true }]]) },
    loop: { behindMs: 0 },
  };
  for (let i = 0; i < 50; i++) void runAdmitted(root, query, never);
  now = 200;
  await assert.rejects(runAdmitted(root, query, never), { code: 'OVERLOADED' });
  const other = { ...query, index: { ...index, id: 'x1' } };
  assert.equal(await runAdmitted(root, other, async () => 1), 1);
});
