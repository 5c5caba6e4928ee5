/** One write request as the parse worker sees it: its router, and what came while it waits for fields. Pure. */
import { hash } from 'node:crypto';
import { asSheafError, type ErrorBody } from '../../shared/errors.ts';
import { BulkRouter, type BulkDependencies, type BulkOptions } from './bulk-router.ts';
import type { FromWorker, ToWorker } from './route-messages.ts';

/** Batches are handed over when they reach this size, so that the log writes while parsing goes on. */
const handOverBytes = 1024 * 1024;

/** What is made once of an index's schema. */
export type Plans = Pick<BulkDependencies, 'plan' | 'increments'>;

export interface ParseWorld {
  readonly plansOf: (options: BulkOptions) => Plans;
  /** Unique for ever: for documents without a key, of requests without a seed. */
  readonly randomKey: () => string;
  readonly post: (message: FromWorker) => void;
}

export class ParseJob {
  /** Nothing more comes of it. */
  isOver = false;
  private readonly world: ParseWorld;
  private readonly number: number;
  private readonly options: BulkOptions;
  private readonly router: BulkRouter;
  private waiting: ToWorker[] | null = null;
  private isEnded = false;
  /** Of the body as a whole, told once what came before is done. */
  private fault: ErrorBody | null = null;

  constructor(world: ParseWorld, number: number, options: BulkOptions) {
    this.world = world;
    this.number = number;
    this.options = options;
    this.router = new BulkRouter(options, { ...world.plansOf(options), generateKey: keysOf(options, world.randomKey) });
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
      else if (message.kind === 'messages') this.router.pushMessages(message.packed, message.rules);
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

  private resume({ index, catalogOffset, isLast }: Extract<ToWorker, { kind: 'resume' }>): void {
    const { plan } = this.world.plansOf({ ...this.options, index, catalogOffset });
    this.router.resume({ index, catalogOffset, isLast }, plan);
    const messages = this.waiting ?? [];
    this.waiting = null;
    this.handOver(0, null);
    for (const message of messages) this.receive(message);
  }

  private handOver(chunks: number, fault: ErrorBody | null): void {
    const { router } = this;
    const isFull = router.sizeBytes >= handOverBytes;
    // Of a body that has gone wrong what was good before is kept, for which the fields are added too.
    const told = this.fault ?? fault;
    const isWaiting = router.isHolding && (isFull || this.isEnded || told !== null);
    const over = !isWaiting && (told !== null || this.isEnded);
    if (isWaiting) {
      this.waiting = [];
      this.fault = told;
    }
    if (over) this.isOver = true;
    // One append is recorded whole or not at all.
    const isDue = router.isOneAppend ? over && told === null : over || isFull;
    const batches = isDue && !isWaiting ? router.takeBatches() : [];
    this.world.post({
      job: this.number,
      chunks,
      batches,
      rejections: router.takeRejections(),
      missing: isWaiting ? router.missingFields() : null,
      over: over ? { fault: told } : null,
    });
  }
}

/** 132 bits of SHA-256 where they follow from a seed. */
function keysOf({ keySeed }: BulkOptions, randomKey: () => string): (line: number) => string {
  if (keySeed === null) return randomKey;
  return (line) => hash('sha256', `${keySeed}\n${line}`, 'base64url').slice(0, 22);
}
