/**
 * The worker in which bodies of writes are parsed, so that a document of 16 MB cannot hold up a search's deadline.
 * Touches the world: the port to the main thread, and randomness for generated keys.
 */
import { hash, randomUUID } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { asSheafError, type ErrorBody } from '../../shared/errors.ts';
import { IncrementReader } from '../../shared/rollup/read-increment.ts';
import { planValidation } from '../../shared/schema/validate.ts';
import { BulkRouter, type BulkDependencies, type BulkOptions } from './bulk-router.ts';
import type { FromWorker, ToWorker } from './route-messages.ts';

/** Batches are handed over when they reach this size, so that the log writes while parsing goes on. */
const handOverBytes = 1024 * 1024;

const port = parentPort!;
const jobs = new Map<number, BulkRouter>();

/** What is made once of an index's schema. */
type Plans = Pick<BulkDependencies, 'plan' | 'increments'>;

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

/** 132 bits of SHA-256 where they follow from a seed. */
function keysOf({ keySeed }: BulkOptions): (line: number) => string {
  if (keySeed === null) return () => randomUUID();
  return (line) => hash('sha256', `${keySeed}\n${line}`, 'base64url').slice(0, 22);
}

function work(message: ToWorker): void {
  if (message.kind === 'begin') {
    const { options } = message;
    jobs.set(message.job, new BulkRouter(options, { ...plansOf(options), generateKey: keysOf(options) }));
    return;
  }
  const router = jobs.get(message.job);
  if (router === undefined) return;
  if (message.kind === 'abort') return void jobs.delete(message.job);
  let fault: ErrorBody | null = null;
  try {
    if (message.kind === 'chunk') router.push(Buffer.from(message.bytes.buffer));
    else if (message.kind === 'delete') router.delete(message.key);
    else router.end();
  } catch (error) {
    fault = asSheafError(error).toBody();
  }
  const over = fault !== null || message.kind === 'end';
  if (over) jobs.delete(message.job);
  // One append is recorded whole or not at all.
  const isDue = router.isOneAppend ? over && fault === null : over || router.sizeBytes >= handOverBytes;
  const batches = isDue ? router.takeBatches() : [];
  const reply: FromWorker = {
    job: message.job,
    chunks: message.kind === 'chunk' ? 1 : 0,
    batches,
    rejections: router.takeRejections(),
    over: over ? { fault } : null,
  };
  port.postMessage(
    reply,
    batches.map(({ bytes }) => bytes.buffer),
  );
}

port.on('message', work);
