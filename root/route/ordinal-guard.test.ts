import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../shared/limits.ts';
import { OrdinalGuard } from './ordinal-guard.ts';

const index = { id: 'x1', name: 'terms', kind: 'term' } as const;

/** A log whose one partition ends where it is told. */
function logAt(head: number): {
  head: number;
  asked: string[];
  heads: (partitions: readonly string[]) => Promise<number[]>;
} {
  const log = {
    head,
    asked: [] as string[],
    heads: async (partitions: readonly string[]) => {
      log.asked.push(...partitions);
      return partitions.map(() => log.head);
    },
  };
  return log;
}

test('OrdinalGuard: refuses writes before the offsets are no ordinals any more', async () => {
  const limit = limits.termOrdinalMax - (1 << 24);
  await new OrdinalGuard(logAt(-1)).check(index, 0);
  await new OrdinalGuard(logAt(limit - 1)).check(index, 0);
  const full = new OrdinalGuard(logAt(limit)).check(index, 0);
  await assert.rejects(full, { code: 'INDEX_FULL', detail: { index: 'terms', limit, actual: limit } });
});

test('OrdinalGuard: looks at the one partition of a term index, and again after ten seconds', async () => {
  const log = logAt(5);
  const guard = new OrdinalGuard(log);
  for (const now of [0, 1, 9999]) await guard.check(index, now);
  assert.deepEqual(log.asked, ['x1/0']);
  log.head = limits.termOrdinalMax;
  await assert.rejects(guard.check(index, 10_000), { code: 'INDEX_FULL' });
});

test('OrdinalGuard: other kinds are not looked at', async () => {
  const log = logAt(limits.termOrdinalMax);
  await new OrdinalGuard(log).check({ ...index, kind: 'document' }, 0);
  assert.deepEqual(log.asked, []);
});
