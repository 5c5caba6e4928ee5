/**
 * The decisions as this process reads them: the end of the topic by following it, what is older by looking it up. Touches the world through the
 * tail, the brokers and the producer.
 */
import { SheafError } from '../../errors.ts';
import { earliest, kafkaFaults, unavailable, type Brokers, type Topic } from './brokers.ts';
import type { Fetched } from './fetched.ts';
import { readDecision, writeDecision, type Decision } from './decision.ts';
import type { DecisionEntry } from './first-remembered.ts';
import type { KeyTable } from './key-table.ts';
import type { Place } from './names.ts';
import type { Produce } from './produce.ts';
import type { PartOf, RecordGroup } from './records.ts';
import type { Source, Tail } from './tail.ts';
import { Verdicts, windowMax } from './verdicts.ts';

/** What brokers are asked. */
type DecisionBrokers = Pick<Brokers, 'find' | 'leaderOf' | 'offsets' | 'readFrom'>;

export interface DecisionsOptions {
  readonly brokers: DecisionBrokers;
  readonly tail: Tail;
  readonly produce: Produce;
  readonly place: Place;
  readonly topic: Topic;
  /** Of who appends keyed requests; null for who reads only. */
  readonly keys: KeyTable | null;
  /** Offset of the first entry whose keys are remembered; without keys, any from which on it is followed. */
  readonly from: number;
  /** Of the first entry that there is. */
  readonly earliest: number;
  /** Told where an entry cannot be read: nothing is decided behind it. */
  readonly onStop: (error: SheafError) => void;
}

/**
 * Whether an append counts; or that what was decided of it was let go of, which is done when every partition has let go of what counted of it: where a part of it
 * stands still, it does not count.
 */
export type PartVerdict = boolean | 'let go';

/** What a reader has looked up of decisions that are older than those that its process follows. */
export interface OlderVerdicts {
  verdicts: Verdicts | null;
}

/** Milliseconds after which whoever waits for a decision writes that the append is given up. */
const abandonAfterMs = 5000;
const skipAgainMs = 1000;

export class Decisions implements Source {
  readonly place: Place;
  readonly topicId: string;
  private readonly options: DecisionsOptions;
  private verdicts: Verdicts;
  /** Keys of entries below this offset are not remembered. */
  private keysFrom: number;
  private readonly waiting = new Map<string, Set<(verdict: PartVerdict) => void>>();
  private readonly reaching = new Set<{ readonly offset: number; readonly resolve: () => void }>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private stopped = false;
  private isForgetting = false;
  private isSkipping = false;

  constructor(options: DecisionsOptions) {
    this.options = options;
    this.place = options.place;
    this.topicId = options.topic.id;
    // What is in the window before the first that counts here decides what becomes of that.
    this.verdicts = new Verdicts(Math.max(options.earliest, options.from - windowMax));
    this.keysFrom = options.from;
    options.tail.add(this);
  }

  get next(): number {
    return this.verdicts.offset + 1;
  }

  get hasRoom(): boolean {
    return !this.isSkipping;
  }

  /** Offset of the last entry that was read. */
  get seen(): number {
    return this.verdicts.offset;
  }

  take({ errorCode, groups, takenAtMs }: Fetched, from: number): void {
    if (from !== this.next || this.stopped) return;
    if (errorCode === kafkaFaults.offsetOutOfRange) return void this.skip();
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
  async verdictOf(part: PartOf, older: OlderVerdicts): Promise<PartVerdict> {
    if (part.seen < this.verdicts.from) return await this.lookUp(part, older);
    return this.verdicts.of(part.append) ?? (await this.wait(part.append));
  }

  close(): void {
    this.options.tail.delete(this);
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async wait(append: string): Promise<PartVerdict> {
    const { promise, resolve } = Promise.withResolvers<PartVerdict>();
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
    const { keys } = this.options;
    for (const { offset, decision } of entriesOf(groups, this.next)) {
      const verdict = this.verdicts.read(offset, decision);
      if (decision?.kind === 'forget') keys?.forget(decision.before);
      if (verdict === null) continue;
      if (verdict.counts && decision?.kind === 'commit' && offset >= this.keysFrom)
        keys?.remember(offset, takenAtMs, decision.keys);
      for (const resolve of this.waiting.get(verdict.append) ?? []) resolve(verdict.counts);
      this.waiting.delete(verdict.append);
    }
    this.tellReached();
  }

  /** Has everybody forget what is older than the retention: whoever remembers keys says so, and that it comes twice changes nothing. */
  async forget(): Promise<void> {
    const before = this.options.keys?.due() ?? null;
    if (before === null || this.isForgetting) return;
    this.isForgetting = true;
    try {
      await this.reached(await this.write({ kind: 'forget', before }));
    } finally {
      this.isForgetting = false;
    }
  }

  /**
   * What comes next was let go of, as this process did not read for long. What was decided there of keys is forgotten by then, and of the first entries that there
   * are it is not known what was decided of their keys just before.
   */
  private async skip(): Promise<void> {
    this.isSkipping = true;
    try {
      const [first] = await this.options.brokers.offsets([this.place], earliest);
      if (first! > this.next) this.beginAt(first!);
    } catch {
      // It is out of range the next time too.
      await new Promise<void>((resolve) => void setTimeout(resolve, skipAgainMs));
    } finally {
      this.isSkipping = false;
      this.options.tail.hasRoom(this);
    }
  }

  private beginAt(first: number): void {
    this.verdicts = new Verdicts(first);
    this.keysFrom = first + windowMax;
    for (const resolvers of this.waiting.values()) for (const resolve of resolvers) resolve('let go');
    this.waiting.clear();
    this.tellReached();
  }

  private tellReached(): void {
    for (const wish of this.reaching) {
      if (wish.offset > this.seen) continue;
      this.reaching.delete(wish);
      wish.resolve();
    }
  }

  /** Of an append whose author had seen less than what is followed here: the entries behind that are read again. */
  private async lookUp({ append, seen }: PartOf, older: OlderVerdicts): Promise<PartVerdict> {
    if (older.verdicts === null || seen < older.verdicts.from) older.verdicts = new Verdicts(seen + 1);
    const { verdicts } = older;
    for (;;) {
      const found = verdicts.of(append);
      if (found !== undefined) return found;
      const next = verdicts.offset + 1;
      if (next > this.seen) await this.orAbandon(append, this.reached(next));
      const entries = await this.readFrom(next);
      if (entries === null) {
        older.verdicts = null;
        return 'let go';
      }
      for (const { offset, decision } of entries) verdicts.read(offset, decision);
    }
  }

  /** Null where that was let go of. @throws SheafError LOG_UNAVAILABLE */
  private async readFrom(from: number): Promise<readonly DecisionEntry[] | null> {
    const { brokers, topic } = this.options;
    const entries = await readDecisions(brokers, this.place, topic, from);
    if (entries.length > 0) return entries;
    const [first] = await brokers.offsets([this.place], earliest);
    if (from < first!) return null;
    throw unavailable(`decisions from ${from} on are not there`);
  }
}

/** Entries from an offset on; none where there are none, or it was let go of. @throws SheafError LOG_UNAVAILABLE */
export async function readDecisions(
  brokers: DecisionBrokers,
  place: Place,
  topic: Topic,
  from: number,
): Promise<DecisionEntry[]> {
  await brokers.find([place.topic]);
  const leader = brokers.leaderOf(place);
  if (leader === undefined) throw unavailable('the decisions have no leader');
  const [fetched] = await brokers.readFrom(leader, [{ place, topicId: topic.id, offset: from }], 0, 'side');
  const { groups, errorCode } = fetched!;
  if (errorCode !== 0 && errorCode !== kafkaFaults.offsetOutOfRange)
    throw unavailable(`decisions from ${from} on are not read: ${errorCode}`);
  return [...entriesOf(groups, from)];
}

function* entriesOf(groups: readonly RecordGroup[], from: number): Generator<DecisionEntry> {
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
