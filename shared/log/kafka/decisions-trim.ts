/**
 * Has keys forgotten, and decisions let go of that nothing needs any more. Touches the world through the brokers, and a timer.
 *
 * Every process that writes does so, without a lease: each says what it has read, and what comes twice changes nothing.
 */
import { earliest, latest, type Brokers } from './brokers.ts';
import type { Decisions } from './decisions.ts';
import { decisionsFloor, type Ends } from './decisions-floor.ts';
import type { KeyTable } from './key-table.ts';
import type { MetaFollower } from './meta-follower.ts';
import { decisionsName, undecidedPartitions, plainTopic, type Place } from './names.ts';

export interface DecisionsTrimOptions {
  readonly brokers: Pick<Brokers, 'offsets' | 'trim'>;
  readonly decisions: Pick<Decisions, 'forget' | 'place'>;
  readonly keys: Pick<KeyTable, 'forgotten'>;
  readonly meta: Pick<MetaFollower, 'place' | 'table' | 'reached'>;
  /** Of the log. */
  readonly name: string;
  /** Milliseconds between two looks. */
  readonly everyMs: number;
}

export class DecisionsTrim {
  private readonly options: DecisionsTrimOptions;
  private ends: Ends | null = null;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(options: DecisionsTrimOptions) {
    this.options = options;
    this.wait();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  /** @throws SheafError LOG_UNAVAILABLE */
  async look(): Promise<void> {
    const { brokers, decisions, keys } = this.options;
    await decisions.forget();
    this.ends ??= await this.findEnds();
    const floor = decisionsFloor(this.ends, await this.offsetsByTopic(earliest), keys.forgotten);
    if (floor === null) return;
    const [first] = await brokers.offsets([decisions.place], earliest);
    if (floor > first!) await brokers.trim(decisions.place, floor);
    // What keys still hold up may go by what is known now; the next moment is looked at once they do not.
    if (this.ends.decisions <= keys.forgotten) this.ends = null;
  }

  private wait(): void {
    if (this.closed) return;
    this.timer = setTimeout(() => {
      // In the next round there is the same to do.
      void this.look()
        .catch(() => undefined)
        .then(() => this.wait());
    }, this.options.everyMs);
    this.timer.unref();
  }

  /** In this order: a topic that is made meanwhile has only what is decided later. */
  private async findEnds(): Promise<Ends> {
    const { brokers, decisions, meta } = this.options;
    const [end] = await brokers.offsets([decisions.place], latest);
    const [metaEnd] = await brokers.offsets([meta.place], latest);
    await meta.reached(metaEnd! - 1);
    return { decisions: end!, partitions: await this.offsetsByTopic(latest) };
  }

  /** Of all topics of which parts may be decided. */
  private async offsetsByTopic(timestamp: bigint): Promise<Map<string, number[]>> {
    const { brokers, meta, name } = this.options;
    const others = new Set([decisionsName, ...undecidedPartitions].map((each) => plainTopic(name, each)));
    const places: Place[] = [];
    for (const [topic, { partitions }] of meta.table.all()) {
      if (others.has(topic)) continue;
      for (let number = 0; number < partitions; number++) places.push({ topic, number });
    }
    const offsets = places.length === 0 ? [] : await brokers.offsets(places, timestamp);
    const byTopic = new Map<string, number[]>();
    for (const [i, { topic, number }] of places.entries()) {
      const own = byTopic.get(topic) ?? [];
      own[number] = offsets[i]!;
      byTopic.set(topic, own);
    }
    return byTopic;
  }
}
