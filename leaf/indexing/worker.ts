/** The indexing thread. Touches the world: the port to the answering thread, timers, and through the loop the disk. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../shared/clock/clock.ts';
import { leafKinds } from '../kinds/leaf-kinds.ts';
import { IndexingLoop, type IndexingSettings } from './indexing-loop.ts';
import type { ToIndexing } from './messages.ts';

const port = parentPort;
if (port === null) throw new Error('this module is the entry of a worker thread');

let immediate: NodeJS.Immediate | undefined;
let timer: NodeJS.Timeout | undefined;

function clearTimers(): void {
  clearImmediate(immediate);
  clearTimeout(timer);
}

const loop = new IndexingLoop(
  {
    kinds: leafKinds,
    clock: systemClock,
    post: (message) => port.postMessage(message),
    callAgain: (afterMs) => {
      clearTimers();
      // An immediate runs after the messages that wait have been read, a timer of 0 would wait for a millisecond.
      if (afterMs === 0) immediate = setImmediate(() => loop.work());
      else timer = setTimeout(() => loop.work(), afterMs);
    },
  },
  workerData as IndexingSettings,
);

port.on('message', (message: ToIndexing) => {
  loop.receive(message);
  if (message.kind !== 'stop') return;
  // What is still open would keep the thread alive.
  clearTimers();
  port.close();
});
