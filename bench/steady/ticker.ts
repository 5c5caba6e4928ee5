/**
 * A thread that says when a query is due, at a fixed rate, whatever the answering thread is doing: a generator of load in that
 * thread would fall silent whenever it stands still. Touches the world: the port, the time.
 */
import { parentPort, workerData } from 'node:worker_threads';

export interface TickerSettings {
  readonly perSecond: number;
  readonly ticks: number;
}

/** When a tick was due, in milliseconds since 1970, fractional. */
export interface Tick {
  readonly dueAt: number;
}

const port = parentPort;
if (port === null) throw new Error('this module is the entry of a worker thread');
const { perSecond, ticks } = workerData as TickerSettings;
const sleeping = new Int32Array(new SharedArrayBuffer(4));
const now = (): number => performance.timeOrigin + performance.now();
const startedAt = now();
for (let tick = 1; tick <= ticks; tick++) {
  const dueAt = startedAt + (tick * 1000) / perSecond;
  const left = dueAt - now();
  if (left > 0) Atomics.wait(sleeping, 0, 0, left);
  port.postMessage({ dueAt } satisfies Tick);
}
