/** A client that writes under conditions, asks again under the same key where it was told nothing, and keeps what it was told. */
import type { ReadDocument } from '../../../root/get-document.ts';
import type { IngestAnswer } from '../../../root/ingest.ts';
import type { LineOutcome } from '../../../root/plan/ask-outcomes.ts';
import { termOfIndex } from '../../../shared/catalog/index-id.ts';
import { SheafError } from '../../../shared/errors.ts';
import type { Condition } from '../../../shared/judge/change.ts';
import { exponential } from '../link.ts';
import type { Asked, JudgeRoot } from './sim-root.ts';
import { indexId, keys, type JudgeWorld } from './world.ts';

export interface ClientWorld extends JudgeWorld {
  readonly endsAt: number;
  readonly pickRoot: () => JudgeRoot;
  /** Told of every line that is answered, as it is. */
  readonly onOutcome: (root: JudgeRoot, line: LineOutcome, askedAt: number) => void;
  /** Told of every document that was read: what was there must not be older than what was there when it was asked for. */
  readonly onRead: (key: string, found: ReadDocument['found'], since: ReadonlyMap<string, number>) => void;
  /** The last offset of each partition. */
  readonly heads: () => ReadonlyMap<string, number>;
}

/** A request as it was asked, and what became of it. */
export interface Written {
  readonly asked: Asked;
  /** What its documents say who wrote them, by line from 1; null of those that say nothing. */
  readonly by: readonly (string | null)[];
  readonly isKeyed: boolean;
  /** Lines that were told to be recorded. */
  readonly acknowledged: Set<number>;
}

const thinkMsMean = 60;
const triesMax = 6;

export class Client {
  readonly written: Written[] = [];
  private readonly name: string;
  private readonly world: ClientWorld;
  private requests = 0;
  /** What it last read or wrote of each key. */
  private readonly sequences = new Map<string, number>();

  constructor(name: string, world: ClientWorld) {
    this.name = name;
    this.world = world;
  }

  async run(): Promise<void> {
    const { time, random, endsAt } = this.world;
    for (;;) {
      await this.sleep(exponential(random, thinkMsMean));
      if (time.now() >= endsAt) return;
      if (random.chance(0.2)) await this.read();
      else await this.write();
    }
  }

  private async read(): Promise<void> {
    const { random, pickRoot, onRead } = this.world;
    const key = random.pick(keys);
    const since = this.world.heads();
    try {
      const { found } = await pickRoot().read(key);
      if (found !== null) this.sequences.set(key, found.sequence);
      onRead(key, found, since);
    } catch {
      // A read that fails says nothing.
    }
  }

  private async write(): Promise<void> {
    const { random } = this.world;
    this.requests++;
    const request = random.chance(0.5) ? this.drawBulk() : this.drawSingle();
    this.written.push(request);
    for (let tries = 1; ; tries++) {
      const root = this.world.pickRoot();
      const isDone = await this.ask(root, request);
      if (isDone || !request.isKeyed || tries === triesMax) return;
      await this.sleep(random.next() * 400);
    }
  }

  /** @returns whether there is nothing more to be known */
  private async ask(root: JudgeRoot, request: Written): Promise<boolean> {
    let answer: IngestAnswer;
    const askedAt = this.world.time.now();
    try {
      answer = await root.write(request.asked);
    } catch (error) {
      if (error instanceof SheafError) this.world.violate(`${this.name}: ${error.toLine()}`);
      return false;
    }
    const rejected = new Set(answer.rejections.map(({ line }) => line));
    if (answer.fault === null) {
      for (let line = 1; line <= request.by.length; line++) if (!rejected.has(line)) request.acknowledged.add(line);
    }
    for (const line of answer.outcomes) {
      this.world.onOutcome(root, line, askedAt);
      if (line.outcome !== null && line.outcome.sequence >= 0) this.sequences.set(line.key, line.outcome.sequence);
    }
    return answer.fault === null && answer.outcomes.every(({ outcome }) => outcome !== null);
  }

  private drawSingle(): Written {
    const { random } = this.world;
    const key = random.pick(keys);
    const by = this.sign(1);
    const condition = this.condition(key);
    const tellsOutcomes = random.chance(0.5);
    const about = { identity: null, keySeed: null, tellsOutcomes };
    if (random.chance(0.25)) {
      const change = { condition, patch: null };
      const asked: Asked = { ...about, key: { kind: 'given', key, change }, source: { kind: 'delete', key } };
      return { asked, by: [null], isKeyed: false, acknowledged: new Set() };
    }
    const isPatch = !['absent', 'newer', 'copy'].includes(condition.kind) && random.chance(0.4);
    const patch = isPatch
      ? { upsert: random.chance(0.3), detectNoop: random.chance(0.7), nulls: random.pick(['kept', 'removed'] as const) }
      : null;
    const signed = isPatch && random.chance(0.4) ? null : by;
    const source = { kind: 'body', body: bodyOf(JSON.stringify(this.document(signed))) } as const;
    const asked: Asked = { ...about, key: { kind: 'given', key, change: { condition, patch } }, source };
    return { asked, by: [signed], isKeyed: false, acknowledged: new Set() };
  }

  private drawBulk(): Written {
    const { random } = this.world;
    const isKeyed = random.chance(0.7);
    const count = random.integer(1, 4);
    const by: (string | null)[] = [];
    const lines = Array.from({ length: count }, (_, i) => {
      const signed = random.chance(0.8) ? this.sign(i + 1) : null;
      const line = this.line(signed);
      by.push('_delete' in line ? null : signed);
      return JSON.stringify(line);
    });
    const text = lines.join('\n');
    const key = `${this.name}-${this.requests}`;
    const asked: Asked = {
      key: { kind: 'generated' },
      source: { kind: 'body', body: bodyOf(text) },
      identity: isKeyed ? () => ({ key, digest: text }) : null,
      keySeed: isKeyed ? key : null,
      tellsOutcomes: random.chance(0.3),
    };
    return { asked, by, isKeyed, acknowledged: new Set() };
  }

  private line(by: string | null): object {
    const { random } = this.world;
    const _key = random.pick(keys);
    const sequence = this.sequences.get(_key) ?? 0;
    const ifSequence = random.chance(0.4) ? { _ifSequence: sequence, _ifTerm: termOfIndex(indexId) } : {};
    const orVersion = random.chance(0.1) ? { _version: random.integer(1, 12) } : ifSequence;
    const document = this.document(by);
    switch (random.integer(0, 3)) {
      case 0:
        return { _create: document, _key };
      case 1:
        return { _put: document, _key, ...orVersion };
      case 2: {
        const options = { _detectNoop: random.chance(0.7), _removeNulls: random.chance(0.5) };
        return { _patch: document, _key, ...ifSequence, ...options, ...(random.chance(0.3) ? { _upsert: true } : {}) };
      }
      default:
        return { _delete: _key, ...orVersion };
    }
  }

  /** Some have what a later field of the index does not fit. */
  private document(by: string | null): object {
    const { random } = this.world;
    return {
      n: random.integer(0, 3),
      ...(by === null ? {} : { by }),
      ...(random.chance(0.25) ? { tag: random.pick(['red', 7]) } : {}),
      ...(random.chance(0.2) ? { x: random.pick([null, 1]) } : {}),
    };
  }

  private condition(key: string): Condition {
    const { random } = this.world;
    const drawn = random.pick<Condition>([
      { kind: 'none' },
      { kind: 'none' },
      { kind: 'absent' },
      { kind: 'exists' },
      { kind: 'sequence', sequence: this.sequences.get(key) ?? 0 },
      { kind: 'sequence', sequence: this.sequences.get(key) ?? 0 },
      { kind: 'newer', version: random.integer(1, 12) },
    ]);
    if (drawn.kind !== 'newer' || this.requests % 4 === 0) return drawn;
    const since = Math.max(-1, (this.sequences.get(key) ?? 0) - (this.requests % 3));
    return { ...drawn, kind: 'copy', origin: 1 + (this.requests % 2), since };
  }

  /** Unique for ever. */
  private sign(line: number): string {
    return `${this.name}-${this.requests}-${line}`;
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.world.time.after(ms, () => resolve()));
  }
}

/** A body that can be read again and again. */
function bodyOf(text: string): AsyncIterable<Buffer> {
  return {
    async *[Symbol.asyncIterator]() {
      yield await Promise.resolve(Buffer.from(text));
    },
  };
}
