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
const jobs = new Map<number, Job>();

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

/** One job: its router, and what came while it waits for fields. */
class Job {
  private readonly number: number;
  private readonly options: BulkOptions;
  private readonly router: BulkRouter;
  private waiting: ToWorker[] | null = null;
  private isEnded = false;
  /** Of the body as a whole, told once what came before is done. */
  private fault: ErrorBody | null = null;

  constructor(number: number, options: BulkOptions) {
    this.number = number;
    this.options = options;
    this.router = new BulkRouter(options, { ...plansOf(options), generateKey: keysOf(options) });
  }

  receive(message: ToWorker): void {
    if (message.kind === 'resume') return this.resume(message);
    if (this.waiting !== null) this.waiting.push(message);
    else this.step(message);
  }

  private step(message: ToWorker): void {
    let fault: ErrorBody | null = null;
    try {
      if (message.kind === 'chunk') this.router.push(Buffer.from(message.bytes.buffer));
      else if (message.kind === 'delete') this.router.delete(message.key);
      else {
        this.isEnded = true;
        this.router.end();
      }
    } catch (error) {
      fault = asSheafError(error).toBody();
    }
    this.handOver(message.kind === 'chunk' ? 1 : 0, fault);
  }

  private resume({ index, catalogOffset }: Extract<ToWorker, { kind: 'resume' }>): void {
    const { plan } = plansOf({ ...this.options, index, catalogOffset });
    this.router.resume({ index, catalogOffset }, plan);
    const messages = this.waiting ?? [];
    this.waiting = null;
    this.handOver(0, null);
    for (const message of messages) this.receive(message);
  }

  private handOver(chunks: number, fault: ErrorBody | null): void {
    const { router } = this;
    const isFull = router.sizeBytes >= handOverBytes;
    // Of a body that has gone wrong what was good before is kept, for which the fields are added too.
    const isWaiting = router.isHolding && (isFull || this.isEnded || fault !== null);
    const over = !isWaiting && ((this.fault ?? fault) !== null || this.isEnded);
    if (isWaiting) {
      this.waiting = [];
      if (fault !== null) this.fault = fault;
    }
    const told = this.fault ?? fault;
    if (over) jobs.delete(this.number);
    // One append is recorded whole or not at all.
    const isDue = router.isOneAppend ? over && told === null : over || isFull;
    const batches = isDue && !isWaiting ? router.takeBatches() : [];
    const reply: FromWorker = {
      job: this.number,
      chunks,
      batches,
      rejections: router.takeRejections(),
      missing: isWaiting ? router.missingFields() : null,
      over: over ? { fault: told } : null,
    };
    port.postMessage(
      reply,
      batches.map(({ bytes }) => bytes.buffer),
    );
  }
}

function work(message: ToWorker): void {
  if (message.kind === 'begin') return void jobs.set(message.job, new Job(message.job, message.options));
  if (message.kind === 'abort') return void jobs.delete(message.job);
  jobs.get(message.job)?.receive(message);
}

port.on('message', work);
