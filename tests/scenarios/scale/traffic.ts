/** Steady queries whose answers are known, and steady writes that are counted afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, ReadyRoots } from './ready-roots.ts';

/** Words of the definitions, from rare to common. */
const words = ['feline', 'island', 'genus', 'person', 'water', 'small', 'plant', 'act'];
const queryEveryMs = 40;
const writeEveryMs = 100;
/** Definition of what is written; no query asks for these words. */
const written = 'zzwritten';
/** A machine that is busy with something else is not what is looked for. */
const timeout = '20s';
/** Of one request, at least a second apart: whoever is put off for so long has a fault to tell. */
const triesMax = 60;

export interface Slice {
  readonly latenciesMs: readonly number[];
  /** Requests that were answered with 429 and sent again when that said. */
  readonly putOff: number;
  /** What was wrong with a query or a write, in words. */
  readonly faults: readonly string[];
}

interface Found {
  readonly complete?: boolean;
  readonly hits?: { readonly total: { readonly value: number } };
}

export class Traffic {
  private readonly roots: ReadyRoots;
  private readonly path: string;
  private readonly totals = new Map<string, number>();
  private readonly acknowledged = new Set<string>();
  private readonly underWay = new Set<Promise<void>>();
  private latenciesMs: number[] = [];
  private faults: string[] = [];
  private putOff = 0;
  private timers: NodeJS.Timeout[] = [];
  private asked = 0;
  private writes = 0;

  constructor(roots: ReadyRoots, index: string) {
    this.roots = roots;
    this.path = `/v1/indexes/${index}`;
  }

  get acknowledgedCount(): number {
    return this.acknowledged.size;
  }

  /** Asks each query once, while nothing changes: what they answer then they must answer always. */
  async start(): Promise<void> {
    for (const word of words) this.totals.set(word, await this.count(word));
    this.timers = [
      setInterval(() => this.track(this.query()), queryEveryMs),
      setInterval(() => this.track(this.write()), writeEveryMs),
    ];
  }

  /** What came since the last call, and begins anew. */
  take(): Slice {
    const slice = { latenciesMs: this.latenciesMs, putOff: this.putOff, faults: this.faults };
    this.latenciesMs = [];
    this.putOff = 0;
    this.faults = [];
    return slice;
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.underWay);
  }

  /** Acknowledged writes that are not there. */
  async lost(): Promise<string[]> {
    await sleep(1000);
    const missing: string[] = [];
    for (const key of this.acknowledged) {
      const { status } = await this.ask('GET', `documents/${key}`);
      if (status !== 200) missing.push(key);
    }
    const found = await this.count(written);
    if (found < this.acknowledged.size) missing.push(`a search finds ${found} of ${this.acknowledged.size}`);
    return missing;
  }

  private track(work: Promise<void>): void {
    this.underWay.add(work);
    void work.finally(() => this.underWay.delete(work));
  }

  private async query(): Promise<void> {
    const word = words[this.asked++ % words.length]!;
    const startedAt = performance.now();
    try {
      const total = await this.count(word);
      this.latenciesMs.push(performance.now() - startedAt);
      const expected = this.totals.get(word);
      if (total !== expected) this.faults.push(`${word}: ${total} hits in place of ${expected}`);
    } catch (error) {
      this.faults.push(`query of ${word}: ${String(error)}`);
    }
  }

  private async write(): Promise<void> {
    const key = `w${this.writes++}`;
    try {
      const body = JSON.stringify({ id: key, definition: written });
      const { status, body: answer } = await this.ask('PUT', `documents/${key}`, body);
      if (status < 300) this.acknowledged.add(key);
      else this.faults.push(`write: ${status} ${JSON.stringify(answer)}`);
    } catch (error) {
      this.faults.push(`write: ${String(error)}`);
    }
  }

  /** 429 is no failure: a root that has too much to do says when to come back, as a machine that is shared makes it. */
  private async ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: string): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      const answer = await this.roots.ask(method, `${this.path}/${path}`, body);
      if (answer.status !== 429 || tries === triesMax) return answer;
      this.putOff++;
      await sleep(answer.retryAfterMs);
    }
  }

  private async count(word: string): Promise<number> {
    const body = { query: { match: { definition: word } }, size: 10, track_total_hits: true, timeout };
    const { status, body: answer } = await this.ask('POST', 'search', JSON.stringify(body));
    const { complete, hits } = answer as Found;
    if (status !== 200 || complete !== true) throw new Error(`${status} ${JSON.stringify(answer).slice(0, 600)}`);
    return hits!.total.value;
  }
}
