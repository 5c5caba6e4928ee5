/**
 * Clients that put, patch and delete documents of keys of their own, each operation until it is acknowledged, through roots that may be
 * killed: what they know to be there is what has to be there in the end.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { send } from '../service/client.ts';

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
}

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
    switch (random.integer(0, 3)) {
      case 0: {
        await this.until(random, 'DELETE', n, undefined);
        this.written.set(n, null);
        break;
      }
      case 1: {
        // Where there is no document the patch changes nothing.
        const status = await this.until(random, 'PATCH', n, { patched: v });
        this.written.set(n, status === 404 ? null : { ...this.known(n), patched: v });
        break;
      }
      default: {
        const document = { n, parity: parityOf(n), v };
        await this.until(random, 'PUT', n, document);
        this.written.set(n, document);
      }
    }
  }

  /** Until it is acknowledged: else nobody knows whether it was done. @returns the status */
  private async until(random: Random, method: string, n: number, body: unknown): Promise<number> {
    const { roots, path } = this.options;
    for (;;) {
      try {
        const url = `${random.pick(roots)}${path}/documents/${keyOf(n)}`;
        const { status, body: answer } = await send<{ readonly error?: { readonly code: string } }>(method, url, body);
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

/** Not of a process that is gone. */
class Refused extends Error {}

export function parityOf(n: number): string {
  return n % 2 === 0 ? 'even' : 'odd';
}
