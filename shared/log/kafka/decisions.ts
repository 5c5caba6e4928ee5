/**
 * The decisions as this process reads them: the end of the topic by following it, what is older by looking it up. Touches the world through the
 * tail, the brokers and the producer.
 */
import { SheafError } from '../../errors.ts';
import { unavailable, type Brokers, type Fetched, type Topic } from './brokers.ts';
import { readDecision, writeDecision, type Decision } from './decision.ts';
import type { KeyTable } from './key-table.ts';
import type { Place } from './names.ts';
import type { Produce } from './produce.ts';
import type { PartOf, RecordGroup } from './records.ts';
import type { Source, Tail } from './tail.ts';
import { Verdicts, windowMax } from './verdicts.ts';

export interface DecisionsOptions {
  readonly brokers: Brokers;
  readonly tail: Tail;
  readonly produce: Produce;
  readonly place: Place;
  readonly topic: Topic;
  /** Of who appends keyed requests; null for who reads only. */
  readonly keys: KeyTable | null;
  /** Offset of the first entry whose keys are remembered; without keys, any from which on it is followed. */
  readonly from: number;
  /** Told where an entry cannot be read: nothing is decided behind it. */
  readonly onStop: (error: SheafError) => void;
}

/** What a reader has looked up of decisions that are older than those that its process follows. */
export interface OlderVerdicts {
  verdicts: Verdicts | null;
}

/** Milliseconds after which whoever waits for a decision writes that the append is given up. */
const abandonAfterMs = 5000;

export class Decisions implements Source {
  readonly place: Place;
  readonly topicId: string;
  readonly hasRoom = true;
  private readonly options: DecisionsOptions;
  private readonly verdicts: Verdicts;
  private readonly waiting = new Map<string, Set<(counts: boolean) => void>>();
  private readonly reaching = new Set<{ readonly offset: number; readonly resolve: () => void }>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private stopped = false;

  constructor(options: DecisionsOptions) {
    this.options = options;
    this.place = options.place;
    this.topicId = options.topic.id;
    // What is in the window before the first that counts here decides what becomes of that.
    this.verdicts = new Verdicts(Math.max(0, options.from - windowMax));
    options.tail.add(this);
  }

  get next(): number {
    return this.verdicts.offset + 1;
  }

  /** Offset of the last entry that was read. */
  get seen(): number {
    return this.verdicts.offset;
  }

  take({ groups, takenAtMs }: Fetched, from: number): void {
    if (from !== this.next || this.stopped) return;
    try {
      this.read(groups, takenAtMs);
    } catch (error) {
      this.stopped = true;
      this.options.tail.delete(this);
      if (!(error instanceof SheafError)) throw error;
      this.options.onStop(error);
    }
  }

  /** Resolves when the entries up to an offset have been read. */
  async reached(offset: number): Promise<void> {
    if (this.seen >= offset) return;
    await new Promise<void>((resolve) => void this.reaching.add({ offset, resolve }));
  }

  /** Whether an append counts, where it is known without asking. */
  known({ append, seen }: PartOf): boolean | undefined {
    return seen >= this.verdicts.from ? this.verdicts.of(append) : undefined;
  }

  /**
   * Resolves when it is decided whether an append counts; one that stays open is given up.
   * @param older what this reader has looked up of what is older than what is followed
   * @throws SheafError LOG_UNAVAILABLE where that cannot be read now
   */
  async verdictOf(part: PartOf, older: OlderVerdicts): Promise<boolean> {
    if (part.seen < this.verdicts.from) return await this.lookUp(part, older);
    return this.verdicts.of(part.append) ?? (await this.wait(part.append));
  }

  close(): void {
    this.options.tail.delete(this);
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async wait(append: string): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const resolvers = this.waiting.get(append) ?? new Set();
    this.waiting.set(append, resolvers.add(resolve));
    return await this.orAbandon(append, promise);
  }

  /** Gives an append up, if what it waits for takes too long. */
  private async orAbandon<T>(append: string, promise: Promise<T>): Promise<T> {
    const timer = setTimeout(() => void this.abandon(append), abandonAfterMs);
    this.timers.add(timer);
    const found = await promise;
    clearTimeout(timer);
    this.timers.delete(timer);
    return found;
  }

  /** Says that an append is given up, unless it is decided meanwhile: whatever comes first. */
  async abandon(append: string): Promise<void> {
    try {
      await this.write({ kind: 'abandon', append });
    } catch {
      // It is said again, as long as anybody waits.
      if (this.waiting.has(append)) this.timers.add(setTimeout(() => void this.abandon(append), abandonAfterMs));
    }
  }

  /** @returns the offset of the entry */
  async write(decision: Decision): Promise<number> {
    const record = { key: null, value: writeDecision(decision) };
    const [offset] = await this.options.produce([{ place: this.place, records: [record] }]);
    return offset!;
  }

  private read(groups: readonly RecordGroup[], takenAtMs: number): void {
    const first = this.options.from;
    for (const { offset, decision } of entriesOf(groups, this.next)) {
      const verdict = this.verdicts.read(offset, decision);
      if (verdict === null) continue;
      if (verdict.counts && decision?.kind === 'commit' && offset >= first)
        this.options.keys?.remember(takenAtMs, decision.keys);
      for (const resolve of this.waiting.get(verdict.append) ?? []) resolve(verdict.counts);
      this.waiting.delete(verdict.append);
    }
    for (const wish of this.reaching) {
      if (wish.offset > this.seen) continue;
      this.reaching.delete(wish);
      wish.resolve();
    }
  }

  /** Of an append whose author had seen less than what is followed here: the entries behind that are read again. */
  private async lookUp({ append, seen }: PartOf, older: OlderVerdicts): Promise<boolean> {
    if (older.verdicts === null || seen < older.verdicts.from) older.verdicts = new Verdicts(seen + 1);
    const { verdicts } = older;
    for (;;) {
      const found = verdicts.of(append);
      if (found !== undefined) return found;
      const next = verdicts.offset + 1;
      if (next > this.seen) await this.orAbandon(append, this.reached(next));
      for (const { offset, decision } of entriesOf(await this.readFrom(next), next)) verdicts.read(offset, decision);
    }
  }

  private async readFrom(from: number): Promise<readonly RecordGroup[]> {
    const { brokers } = this.options;
    await brokers.find([this.place.topic]);
    const leader = brokers.leaderOf(this.place);
    if (leader === undefined) throw unavailable('the decisions have no leader');
    const [fetched] = await brokers.readFrom(
      leader,
      [{ place: this.place, topicId: this.topicId, offset: from }],
      0,
      'side',
    );
    const { groups, errorCode } = fetched!;
    if (groups.length === 0) throw unavailable(`decisions from ${from} on are not there: ${errorCode}`);
    return groups;
  }
}

function* entriesOf(
  groups: readonly RecordGroup[],
  from: number,
): Generator<{ offset: number; decision: Decision | null }> {
  for (const { firstOffset, records } of groups) {
    for (const { offsetDelta, value } of records) {
      const offset = Number(firstOffset) + offsetDelta;
      if (offset >= from) yield { offset, decision: tryToRead(value ?? Buffer.alloc(0)) };
    }
  }
}

/** Null for what no version can read: every reader passes it over alike. @throws SheafError BATCH_VERSION_UNKNOWN */
function tryToRead(value: Uint8Array): Decision | null {
  try {
    return readDecision(value);
  } catch (error) {
    if (error instanceof SheafError && error.code === 'BATCH_INVALID') return null;
    throw error;
  }
}
