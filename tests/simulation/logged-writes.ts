/**
 * The writes of a cluster that go through the log: its real store, over a network that loses, a process that is killed, a disk
 * that is full at times, and a time of day that jumps. What is recorded is handed on; what was acknowledged must be recorded, and
 * nothing twice.
 */
import { asSheafError } from '../../shared/errors.ts';
import { batchHeaderBytes, BatchWriter, readEntries } from '../../shared/log/batch.ts';
import { shardPartition } from '../../shared/log/log.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { LogPort } from './log-port.ts';
import { StoreLog } from './sim-log.ts';
import type { VirtualTime } from './virtual-time.ts';
import { WallClock } from './wall-clock.ts';

export interface WrittenWorld {
  readonly time: VirtualTime;
  readonly indexId: string;
  readonly shards: number;
  /** An entry is in the log. */
  readonly onRecorded: (shard: number) => void;
  readonly note: (line: string) => void;
  readonly violate: (what: string) => void;
}

const triesMax = 5;

export class LoggedWrites {
  private readonly world: WrittenWorld;
  /** Apart from that of the cluster. */
  private readonly random: Random;
  private readonly log: StoreLog;
  private readonly faults = { isAway: false, isLossy: true };
  private readonly port: LogPort;
  private readonly wall: WallClock;
  private readonly recorded = new Map<string, number>();
  private readonly acknowledged: string[] = [];
  private readonly refused: string[] = [];
  private writes = 0;

  constructor(seed: number, world: WrittenWorld) {
    const { time } = world;
    this.world = world;
    this.random = createRandom(seed ^ 0x106);
    this.log = new StoreLog(time);
    this.port = new LogPort('root', { time, random: this.random, log: this.log, logFaults: this.faults });
    this.wall = new WallClock(time);
    for (let shard = 0; shard < world.shards; shard++) this.follow(shard);
  }

  /** Between these times, and healed by the later. */
  scheduleFaults(from: number, until: number): void {
    const { random, log, faults } = this;
    const { time, note } = this.world;
    for (let count = random.integer(2, 8); count > 0; count--) {
      const begin = from + random.next() * (until - from);
      const end = Math.min(until, begin + random.integer(50, 2500));
      const kinds: readonly (readonly [what: string, begin: () => void, end: () => void])[] = [
        ['is away', () => (faults.isAway = true), () => (faults.isAway = false)],
        ['has a full disk', () => log.fill(true), () => log.fill(false)],
        ['is killed', () => log.restart(), () => undefined],
        ['has another time of day', () => this.wall.jump(random), () => this.wall.jump(random)],
      ];
      const [what, start, stop] = random.pick(kinds);
      time.at(begin, () => {
        note(`the log ${what} until ${end.toFixed(3)}`);
        start();
      });
      time.at(end, stop);
    }
    time.at(until, () => (faults.isLossy = false));
  }

  /** Asks again under the same key until it knows. */
  async write(shard: number): Promise<void> {
    const { time, indexId } = this.world;
    const name = `w${this.writes++}`;
    const writer = new BatchWriter(-1);
    writer.add('put', name, Buffer.from('{"padded":"with so much that pages of the disk are filled within seconds"}'));
    const bytes = writer.finish();
    const batches = [{ partition: shardPartition(indexId, shard), count: 1, bytes }];
    const requests = [
      { key: name, digest: name, ranges: [{ batch: 0, count: 1, start: batchHeaderBytes, end: bytes.length }] },
    ];
    for (let tries = 0; tries < triesMax; tries++) {
      try {
        await this.port.appendOnce(batches, requests);
        this.acknowledged.push(name);
        return;
      } catch (error) {
        const { code } = asSheafError(error);
        // Of what was not answered at first it is not known.
        if (code === 'LOG_FULL' && tries === 0) this.refused.push(name);
        if (code !== 'LOG_UNAVAILABLE') return;
      }
      await new Promise<void>((resolve) => void time.after(this.random.next() * 100, () => resolve()));
    }
  }

  /** When nothing is written any more. */
  checkRest(): void {
    const { violate } = this.world;
    const countOf = (name: string): number => this.recorded.get(name) ?? 0;
    for (const [name, count] of this.recorded) if (count > 1) violate(`${name} is in the log ${count} times`);
    for (const name of this.acknowledged) {
      if (countOf(name) === 0) violate(`${name} was acknowledged and is not in the log`);
    }
    for (const name of this.refused) if (countOf(name) > 0) violate(`${name} was refused and is in the log`);
  }

  end(): void {
    this.wall.putBack();
  }

  private follow(shard: number): void {
    this.log.subscribe(shardPartition(this.world.indexId, shard), 0, ({ bytes }) => {
      for (const { key } of readEntries(bytes)) {
        this.recorded.set(key, (this.recorded.get(key) ?? 0) + 1);
        this.world.onRecorded(shard);
      }
    });
  }
}
