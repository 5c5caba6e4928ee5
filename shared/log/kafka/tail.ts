/**
 * Reads many partitions on, of each broker in one request at a time that waits until there is anything. Touches the world through the
 * brokers, and timers.
 *
 * A source that has just come, or has room again, is not in the request that waits: it is read beside it once, so that it begins at once with
 * what there is.
 */
import type { Place } from './names.ts';
import { kafkaFaults, type Brokers } from './brokers.ts';
import type { Fetched } from './fetched.ts';

/** A partition that is read on. */
export interface Source {
  readonly place: Place;
  readonly topicId: string;
  /** The next offset that is wanted. */
  readonly next: number;
  /** Whether it takes more now. */
  readonly hasRoom: boolean;
  /** Takes what a request that began at `from` brought: not where the source has moved since. */
  take(fetched: Fetched, from: number): void;
}

/** How long a broker waits for something to come. So long a source that has just been read beside may wait for what comes then. */
const waitMs = 100;
const retryMs = 200;

/** What brokers are asked. */
export type TailBrokers = Pick<Brokers, 'find' | 'forget' | 'leaderOf' | 'readFrom'>;

export class Tail {
  private readonly brokers: TailBrokers;
  private readonly sources = new Set<Source>();
  /** Those that a request is under way for. */
  private readonly busy = new Set<Source>();
  /** By number of the broker that it waits at. */
  private readonly loops = new Map<number, Loop>();
  private closed = false;

  constructor(brokers: TailBrokers) {
    this.brokers = brokers;
  }

  add(source: Source): void {
    this.sources.add(source);
    this.hasRoom(source);
  }

  delete(source: Source): void {
    this.sources.delete(source);
  }

  /** The source takes more again. */
  hasRoom(source: Source): void {
    if (this.closed || this.busy.has(source)) return;
    void this.readBeside(source);
  }

  close(): void {
    this.closed = true;
    this.sources.clear();
    for (const loop of this.loops.values()) loop.wake();
  }

  /** Until it has what there is: what comes then is for the request that waits. */
  private async readBeside(source: Source): Promise<void> {
    while (this.wants(source)) {
      this.busy.add(source);
      const before = source.next;
      let leader: number | undefined;
      try {
        leader = await this.leaderOf(source);
        if (leader === undefined) await this.pause();
        else await this.readSources(leader, [source], 0, 'side');
      } catch {
        // Whoever asks how far the partitions have come tells of brokers that do not answer: here it is tried again.
        leader = undefined;
        await this.pause();
      } finally {
        this.busy.delete(source);
      }
      if (leader !== undefined && source.next === before) return this.waitAt(leader);
    }
  }

  private async leaderOf({ place }: Source): Promise<number | undefined> {
    await this.brokers.find([place.topic]);
    const leader = this.brokers.leaderOf(place);
    if (leader === undefined) this.brokers.forget();
    return leader;
  }

  private wants(source: Source): boolean {
    return !this.closed && this.sources.has(source) && source.hasRoom && !this.busy.has(source);
  }

  private waitAt(leader: number): void {
    const known = this.loops.get(leader);
    if (known !== undefined) return known.wake();
    const loop = new Loop();
    this.loops.set(leader, loop);
    void this.run(leader, loop);
  }

  private async run(leader: number, loop: Loop): Promise<void> {
    while (!this.closed) {
      loop.begin();
      const sources = await this.wantedOf(leader);
      if (sources.length === 0) await loop.sleep();
      else await this.readWaiting(leader, sources);
    }
  }

  /** What a broker leads; what is led by one that nobody waits at finds its own way. */
  private async wantedOf(leader: number): Promise<Source[]> {
    try {
      await this.brokers.find([...new Set(Array.from(this.sources, ({ place }) => place.topic))]);
    } catch {
      await this.pause();
    }
    const own: Source[] = [];
    for (const source of this.sources) {
      const its = this.brokers.leaderOf(source.place);
      const loop = its === undefined ? undefined : this.loops.get(its);
      if (loop === undefined) this.hasRoom(source);
      else if (!this.wants(source)) continue;
      else if (its === leader) own.push(source);
      // It is led by another broker now, at which nobody may have waited for anything.
      else loop.wake();
    }
    return this.foremost(own);
  }

  /** A request may ask for a partition at one offset only. Who is behind in it is read beside. */
  private foremost(sources: readonly Source[]): Source[] {
    const highest = new Map<string, number>();
    for (const source of sources) highest.set(keyOf(source), Math.max(highest.get(keyOf(source)) ?? 0, source.next));
    const isForemost = (source: Source): boolean => source.next === highest.get(keyOf(source));
    for (const source of sources) if (!isForemost(source)) this.hasRoom(source);
    return sources.filter(isForemost);
  }

  private async readWaiting(leader: number, sources: readonly Source[]): Promise<void> {
    for (const source of sources) this.busy.add(source);
    try {
      await this.readSources(leader, sources, waitMs, 'tail');
    } catch {
      await this.pause();
    } finally {
      for (const source of sources) this.busy.delete(source);
    }
  }

  private async readSources(
    leader: number,
    sources: readonly Source[],
    maxWaitMs: number,
    lane: 'tail' | 'side',
  ): Promise<void> {
    const parts = new Map(
      sources.map((source) => [keyOf(source), { place: source.place, topicId: source.topicId, offset: source.next }]),
    );
    const fetched = await this.brokers.readFrom(leader, [...parts.values()], maxWaitMs, lane);
    const byKey = new Map([...parts.entries()].map(([key, { offset }], i) => [key, { offset, fetched: fetched[i]! }]));
    for (const source of sources) {
      const found = byKey.get(keyOf(source))!;
      if (this.sources.has(source)) source.take(found.fetched, found.offset);
    }
    const isFaulty = fetched.some(({ errorCode }) => errorCode !== 0 && errorCode !== kafkaFaults.offsetOutOfRange);
    if (!isFaulty) return;
    // The leader is another by now, or has no answer yet.
    this.brokers.forget();
    await this.pause();
  }

  private async pause(): Promise<void> {
    await new Promise<void>((resolve) => void setTimeout(resolve, retryMs));
  }
}

/** What reads at one broker, and sleeps where there is nothing to read. */
class Loop {
  private isWoken = false;
  private resolve: (() => void) | null = null;

  /** What wakes it from now on is not known yet. */
  begin(): void {
    this.isWoken = false;
  }

  wake(): void {
    this.isWoken = true;
    this.resolve?.();
  }

  async sleep(): Promise<void> {
    if (this.isWoken) return;
    await new Promise<void>((resolve) => (this.resolve = resolve));
    this.resolve = null;
  }
}

function keyOf({ place }: Source): string {
  return `${place.topic} ${place.number}`;
}
