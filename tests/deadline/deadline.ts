/**
 * Tests of a deadline's own promise, which are the only ones that may fail on a time. Each runs beside a bare timer, and where
 * that is late too the machine is too slow to tell: the test is skipped, says so and is counted. Touches the world: a thread.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { cells, verdictOf, type Lateness } from './verdict.ts';

export interface BareTimer {
  /** Since the start. */
  readonly lateness: () => Lateness;
  /**
   * Fails the test where something took longer than it may, and skips it where the machine cannot tell.
   * @param what in words, for the failure and the skip
   */
  readonly hold: (what: string, tookMs: number, limitMs: number) => void;
}

/** Resolves when a bare timer runs; it ends with the test. */
export async function startBareTimer(t: TestContext): Promise<BareTimer> {
  const shared = new SharedArrayBuffer(Object.keys(cells).length * Float64Array.BYTES_PER_ELEMENT);
  const worker = new Worker(new URL('bare-timer.ts', import.meta.url), { workerData: shared });
  worker.unref();
  t.after(() => worker.terminate());
  await once(worker, 'online');
  const noted = new Float64Array(shared);
  const at = (cell: keyof Lateness): number => noted[cells[cell]]!;
  const lateness = (): Lateness => ({
    lateMsMax: at('lateMsMax'),
    lateMs: at('lateMs'),
    waitedMs: at('waitedMs'),
  });
  const hold = (what: string, tookMs: number, limitMs: number): void => {
    const verdict = verdictOf(tookMs, limitMs, lateness());
    if (verdict === 'kept') return;
    const { lateMsMax } = lateness();
    const told = `${what}: ${tookMs.toFixed(1)} ms of ${limitMs}, a bare timer was ${lateMsMax.toFixed(1)} ms late`;
    if (verdict === 'too slow to tell') t.skip(`THE MACHINE IS TOO SLOW TO TELL: ${told}`);
    else assert.fail(told);
  };
  return { lateness, hold };
}

/**
 * Does something that must be done in time.
 * @param limitMs from the call on
 */
export async function keepsDeadline<T>(
  t: TestContext,
  what: string,
  limitMs: number,
  action: () => T | Promise<T>,
): Promise<T> {
  const bare = await startBareTimer(t);
  const from = performance.now();
  const done = await action();
  bare.hold(what, performance.now() - from, limitMs);
  return done;
}
