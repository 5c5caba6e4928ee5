/**
 * The worker in which bodies of writes are parsed, so that a document of 16 MB cannot hold up a search's deadline.
 * Touches the world: the port to the main thread, and randomness for generated keys.
 */
import { randomUUID } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { IncrementReader } from '../../shared/rollup/read-increment.ts';
import { planValidation } from '../../shared/schema/validate.ts';
import type { BulkOptions } from './bulk-router.ts';
import { ParseJob, type ParseWorld, type Plans } from './parse-job.ts';
import type { ToWorker } from './route-messages.ts';

const port = parentPort!;
const jobs = new Map<number, ParseJob>();

/** Of the indexes written to of late: single documents would otherwise pay for a plan each. */
const plans = new Map<string, Plans>();
const plansMax = 100;

/** An index has one schema at one offset of the catalog. */
function plansOf({ index, entries, catalogOffset }: BulkOptions): Plans {
  const name = `${index.id}@${catalogOffset}`;
  const known = plans.get(name);
  if (known !== undefined) return known;
  if (plans.size === plansMax) plans.clear();
  const increments = entries.are === 'increments' ? new IncrementReader(entries.of) : null;
  const made = { plan: planValidation(index.schema), increments };
  plans.set(name, made);
  return made;
}

const world: ParseWorld = {
  plansOf,
  randomKey: () => randomUUID(),
  post: (message) =>
    port.postMessage(
      message,
      message.batches.map(({ bytes }) => bytes.buffer),
    ),
};

function work(message: ToWorker): void {
  const number = message.job;
  if (message.kind === 'begin') return void jobs.set(number, new ParseJob(world, number, message.options));
  if (message.kind === 'abort') return void jobs.delete(number);
  const job = jobs.get(number);
  job?.receive(message);
  if (job?.isOver === true) jobs.delete(number);
}

port.on('message', work);
