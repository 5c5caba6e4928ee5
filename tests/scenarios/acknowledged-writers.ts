/**
 * Clients that put, create, patch and delete documents of keys of their own, each operation until it is acknowledged, through roots that may be
 * killed: what they know to be there is what has to be there in the end. About half of the operations have an Idempotency-Key, under which they are
 * sent again; so have all that done twice would be done otherwise: a document is created once, and what is added without a key of its own is there once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { sendWith } from '../service/client.ts';

/** Of one key: null where there is none. */
export type Known = Readonly<Record<string, unknown>> | null;

export interface WritersOptions {
  readonly roots: readonly string[];
  /** Of the index, from the slash on. */
  readonly path: string;
  readonly writers: number;
  /** Documents are numbered from 0; a writer has those whose number modulo `writers` is its own. */
  readonly numbers: number;
  readonly random: Random;
  /** What was there before any of them wrote. */
  readonly initial: (n: number) => Known;
  /** Each writer rests so long at most between two operations, in milliseconds. */
  readonly restMsMax: number;
  /** Whether documents are added without keys of their own, which have numbers from `addedFrom` on. */
  readonly adds?: boolean;
}

export const addedFrom = 1_000_000_000;
const addedMax = 5;

const againMs = 50;

/** Of the schema of an index that they write to. */
export const fields = {
  n: { kind: 'integer' },
  parity: { kind: 'keyword' },
  v: { kind: 'integer' },
  patched: { kind: 'integer' },
};

export function keyOf(n: number): string {
  return `k${n}`;
}

export class AcknowledgedWriters {
  /** By number, of what was written to. */
  readonly written = new Map<number, Known>();
  /** Operations that were acknowledged. */
  operations = 0;
  /** Documents that were added; each has one of as many numbers. */
  added = 0;
  private nextKey = 0;
  private readonly options: WritersOptions;
  private readonly working: Promise<unknown>;
  private isStopped = false;

  constructor(options: WritersOptions) {
    this.options = options;
    const { writers, random } = options;
    const each = Array.from({ length: writers }, (_, writer) =>
      this.write(writer, createRandom(random.integer(1, 2 ** 30))),
    );
    this.working = Promise.all(each);
  }

  /** Resolves when every operation that was begun is acknowledged. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.working;
  }

  known(n: number): Known {
    const known = this.written.get(n);
    return known === undefined ? this.options.initial(n) : known;
  }

  private async write(writer: number, random: Random): Promise<void> {
    const { writers, numbers, restMsMax } = this.options;
    while (!this.isStopped) {
      const n = writer + writers * random.integer(0, Math.floor((numbers - 1 - writer) / writers));
      await this.change(n, random);
      this.operations++;
      await sleep(random.integer(0, restMsMax));
    }
  }

  private async change(n: number, random: Random): Promise<void> {
    const v = random.integer(0, 2 ** 30);
    const document = { n, parity: parityOf(n), v };
    const at = `/${keyOf(n)}`;
    switch (random.integer(0, 4)) {
      case 0: {
        await this.until(random, { method: 'DELETE', at });
        this.written.set(n, null);
        break;
      }
      case 1: {
        // Where there is no document the patch changes nothing.
        const status = await this.until(random, { method: 'PATCH', at, body: { patched: v } });
        this.written.set(n, status === 404 ? null : { ...this.known(n), patched: v });
        break;
      }
      case 2: {
        if (this.options.adds === true) await this.add(random);
        break;
      }
      default: {
        const isNew = this.known(n) === null;
        await this.until(random, {
          method: 'PUT',
          at,
          body: document,
          isOnce: isNew,
          ...(isNew ? { ifNoneMatch: '*' } : {}),
        });
        this.written.set(n, document);
      }
    }
  }

  private async add(random: Random): Promise<void> {
    const count = random.integer(1, addedMax);
    const from = addedFrom + this.added;
    this.added += count;
    const lines = Array.from({ length: count }, (_, i) => `${JSON.stringify({ n: from + i, parity: 'added' })}\n`);
    await this.until(random, { method: 'POST', at: '', body: lines.join(''), isOnce: true });
  }

  /** Until it is acknowledged: else nobody knows whether it was done. @returns the status */
  private async until(
    random: Random,
    { method, at, body, isOnce = random.integer(0, 1) === 0, ...conditions }: Operation,
  ) {
    const { roots, path } = this.options;
    const headers = {
      ...(isOnce ? { 'idempotency-key': `operation-${this.nextKey++}` } : {}),
      ...(conditions.ifNoneMatch === undefined ? {} : { 'if-none-match': conditions.ifNoneMatch }),
    };
    for (;;) {
      try {
        const url = `${random.pick(roots)}${path}/documents${at}`;
        const asked = await sendWith<{ readonly error?: { readonly code: string } }>(headers, method, url, body);
        const { status, body: answer } = asked;
        if (status < 300 || (method === 'PATCH' && answer.error?.code === 'DOCUMENT_NOT_FOUND')) return status;
        if (status < 500 && status !== 429) throw new Refused(`${method} ${url}: ${status} ${JSON.stringify(answer)}`);
      } catch (error) {
        if (error instanceof Refused) throw error;
        // The root was killed.
      }
      await sleep(againMs);
    }
  }
}

interface Operation {
  readonly method: string;
  /** Behind the path of documents. */
  readonly at: string;
  readonly body?: unknown;
  /** Whether it has an Idempotency-Key; drawn where it is left out. */
  readonly isOnce?: boolean;
  readonly ifNoneMatch?: string;
}

/** Not of a process that is gone. */
class Refused extends Error {}

export function parityOf(n: number): string {
  return n % 2 === 0 ? 'even' : 'odd';
}
