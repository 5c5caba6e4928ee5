/** The topic `meta` as this process reads it. Touches the world through the tail and the producer. */
import { SheafError } from '../../errors.ts';
import type { Topic } from './brokers.ts';
import type { Fetched } from './fetched.ts';
import { MetaTable, readMeta, writeMeta, type MetaEntry } from './meta.ts';
import type { Place } from './names.ts';
import type { Produce } from './produce.ts';
import type { Source, Tail } from './tail.ts';

export class MetaFollower implements Source {
  readonly place: Place;
  readonly topicId: string;
  readonly hasRoom = true;
  readonly table = new MetaTable();
  private readonly tail: Tail;
  private readonly produce: Produce;
  private readonly onChange: () => void;
  private readonly reaching = new Set<{ readonly offset: number; readonly resolve: () => void }>();
  private position = 0;

  /** @param onChange told after each entry */
  constructor(parts: {
    readonly tail: Tail;
    readonly produce: Produce;
    readonly place: Place;
    readonly topic: Topic;
    readonly onChange: () => void;
  }) {
    this.tail = parts.tail;
    this.produce = parts.produce;
    this.place = parts.place;
    this.topicId = parts.topic.id;
    this.onChange = parts.onChange;
    this.tail.add(this);
  }

  get next(): number {
    return this.position;
  }

  take({ groups }: Fetched, from: number): void {
    if (from !== this.position) return;
    for (const { firstOffset, records } of groups) {
      for (const { offsetDelta, value } of records) {
        const offset = Number(firstOffset) + offsetDelta;
        if (offset < this.position) continue;
        this.read(value ?? Buffer.alloc(0));
        this.position = offset + 1;
      }
    }
    if (this.position === from) return;
    for (const wish of this.reaching) {
      if (wish.offset >= this.position) continue;
      this.reaching.delete(wish);
      wish.resolve();
    }
    this.onChange();
  }

  /** Resolves when the entries up to an offset have been read. */
  async reached(offset: number): Promise<void> {
    if (this.position > offset) return;
    await new Promise<void>((resolve) => void this.reaching.add({ offset, resolve }));
  }

  /** Resolves when the entry has been read back. @throws SheafError LOG_UNAVAILABLE */
  async write(entry: MetaEntry): Promise<void> {
    const [offset] = await this.produce([{ place: this.place, records: [{ key: null, value: writeMeta(entry) }] }]);
    await this.reached(offset!);
  }

  close(): void {
    this.tail.delete(this);
  }

  /** What a newer version has written is for newer versions: it changes nothing here. */
  private read(value: Uint8Array): void {
    try {
      this.table.read(readMeta(value));
    } catch (error) {
      if (!(error instanceof SheafError)) throw error;
    }
  }
}
