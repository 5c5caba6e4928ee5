/**
 * Counts what it sends, and compares: a million increments over ten thousand names from 64 connections, a root and a leaf
 * killed on the way, whatever got no answer sent again under its key. The sums of the index are those of the sender, to
 * the unit.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { JoinedTokens } from '../command/load/joined-tokens.ts';
import { createRandom, type Random } from '../shared/random/random.ts';
import type { Cluster } from '../tests/cluster/start.ts';

export interface IncrementorOptions {
  readonly increments: number;
  readonly names: number;
  readonly connections: number;
  /** Pairs of one form. */
  readonly pairs: number;
  readonly seed: number;
  /** Names of processes to kill, spread over the run. */
  readonly kills: readonly string[];
}

export interface IncrementorResult {
  readonly requests: number;
  /** Times a request was sent again. */
  readonly repeated: number;
  readonly elapsedMs: number;
  /** Names whose sum is not what was sent; empty when all is well. */
  readonly faults: readonly string[];
}

const index = 'incrementor';

/** @param say told how far it is */
export async function incrementor(
  cluster: Cluster,
  options: IncrementorOptions,
  say: (line: string) => void,
): Promise<IncrementorResult> {
  const pool = new Pool(cluster.url, { connections: options.connections, headersTimeout: 5000, bodyTimeout: 5000 });
  try {
    const schema = { dimensions: { name: { kind: 'keyword' } }, metrics: { n: { keep: ['sum'] } } };
    await ask(pool, 'PUT', `/v1/indexes/${index}`, { kind: 'rollup', shards: 4, replicas: 2, schema });
    const sender = new Sender(pool, options);
    const startedAt = performance.now();
    const sending = Promise.all(Array.from({ length: options.connections }, () => sender.run()));
    for (const [i, name] of options.kills.entries()) {
      const due = ((i + 1) * options.increments) / (options.kills.length + 1);
      while (sender.sent < due) await sleep(5);
      say(`${sender.sent.toLocaleString('en-US')} sent; kill -9 of ${name}`);
      cluster.signal(name, 'SIGKILL');
    }
    await sending;
    const elapsedMs = performance.now() - startedAt;
    say(`${sender.sent.toLocaleString('en-US')} sent in ${Math.round(elapsedMs)} ms; comparing the sums`);
    const faults = await compare(pool, sender.sums, sender.token);
    return { requests: sender.requests, repeated: sender.repeated, elapsedMs, faults };
  } finally {
    await pool.close();
  }
}

class Sender {
  readonly sums = new Map<string, number>();
  sent = 0;
  requests = 0;
  repeated = 0;
  private readonly tokens = new JoinedTokens();
  private readonly pool: Pool;
  private readonly options: IncrementorOptions;
  private readonly random: Random;
  private taken = 0;

  constructor(pool: Pool, options: IncrementorOptions) {
    this.pool = pool;
    this.options = options;
    this.random = createRandom(options.seed);
  }

  /** A token of all that was answered. */
  get token(): string {
    return this.tokens.joined!;
  }

  /** Sends form after form until all increments are sent. */
  async run(): Promise<void> {
    const { increments, names, pairs } = this.options;
    while (this.taken < increments) {
      const count = Math.min(pairs, increments - this.taken);
      this.taken += count;
      const form = Array.from({ length: count }, () => {
        return [`name${this.random.integer(1, names)}`, this.random.integer(1, 100)] as const;
      });
      await this.send(`request-${this.requests++}`, form);
      for (const [name, n] of form) this.sums.set(name, (this.sums.get(name) ?? 0) + n);
      this.sent += count;
    }
  }

  /** Sends one form, again and again under its key, until it is answered. */
  private async send(key: string, form: readonly (readonly [name: string, n: number])[]): Promise<void> {
    const body = form.map(([name, n]) => `${name}=${n}`).join('&');
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'idempotency-key': key };
    for (;;) {
      try {
        const answer = await this.pool.request({ method: 'POST', path: `/v1/counters/${index}`, headers, body });
        const text = await answer.body.text();
        if (answer.statusCode === 200) return this.tokens.add((JSON.parse(text) as { token: string }).token);
        if (answer.statusCode < 500 && answer.statusCode !== 429) throw new Error(`refused: ${text}`);
      } catch (error) {
        if (error instanceof Error && error.message.startsWith('refused')) throw error;
      }
      this.repeated++;
      await sleep(20);
    }
  }
}

interface Found {
  readonly aggregations: {
    readonly names: { readonly buckets: readonly { readonly key: string; readonly n: { readonly value: number } }[] };
  };
}

/** The names whose sum differs from what was sent. */
async function compare(pool: Pool, sums: ReadonlyMap<string, number>, token: string): Promise<string[]> {
  const aggs = { names: { terms: { field: 'name', size: 60_000 }, aggs: { n: { sum: { field: 'n' } } } } };
  const found = (await ask(pool, 'POST', `/v1/indexes/${index}/search`, { token, timeout: '20s', aggs })) as Found;
  const actual = new Map(found.aggregations.names.buckets.map(({ key, n }) => [key, n.value]));
  const names = new Set([...sums.keys(), ...actual.keys()]);
  return [...names].filter((name) => sums.get(name) !== actual.get(name));
}

/** Asks until there is an answer: what was killed may still be starting. */
async function ask(pool: Pool, method: 'PUT' | 'POST', path: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await pool.request({ method, path, headers, body: JSON.stringify(body), headersTimeout: 60_000 });
      const text = await answer.body.text();
      if (answer.statusCode < 300) return JSON.parse(text);
      if (attempt === 100) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    } catch (error) {
      if (attempt >= 100) throw error;
    }
    await sleep(200);
  }
}
