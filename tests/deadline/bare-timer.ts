/**
 * A thread that does nothing but wait, and notes how late it was woken: what the machine makes of a bare timer while something
 * else is measured. A thread of its own, so that whatever holds up the test's thread is not laid to the machine. Touches the
 * world: time.
 */
import { workerData } from 'node:worker_threads';
import { cells } from './verdict.ts';

const waitMs = 20;
const noted = new Float64Array(workerData as SharedArrayBuffer);
const sleeping = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
  const from = performance.now();
  Atomics.wait(sleeping, 0, 0, waitMs);
  const lateMs = performance.now() - from - waitMs;
  noted[cells.lateMsMax] = Math.max(noted[cells.lateMsMax]!, lateMs);
  noted[cells.lateMs] = noted[cells.lateMs]! + Math.max(0, lateMs);
  noted[cells.waitedMs] = noted[cells.waitedMs]! + waitMs;
}
