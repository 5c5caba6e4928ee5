/**
 * Has the log let go of what is in object storage, and of what is of indexes that are deleted. Touches the world through the log it is given, and timers.
 *
 * Every root does so, without a lease: what may go for one may go for all, and a trim that comes twice, or late, changes
 * nothing.
 */
import type { Clock } from '../../shared/clock/clock.ts';
import type { Timers } from '../../shared/clock/timers.ts';
import { asSheafError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log/log.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import type { DeletedPartitions } from './deleted-partitions.ts';
import { IdlePartitions } from './idle-partitions.ts';
import { toldHeads, trimFloors, type TrimFloor, type TrimGround } from './trim-floors.ts';

export interface TrimKeeperOptions {
  readonly log: Pick<Log, 'earliest' | 'heads' | 'trim'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly telemetry: Telemetry;
  /** Whether object storage has any shard: nothing is asked before. */
  readonly isStored: () => boolean;
  /** Of indexes that are deleted: their partitions go whether or not there is object storage. */
  readonly deleted: DeletedPartitions;
  /** As of now. @throws SheafError where not all of it is known */
  readonly ground: () => Promise<TrimGround>;
}

const everyMs = 10_000;

export class TrimKeeper {
  private readonly options: TrimKeeperOptions;
  /** What was trimmed by this process, by partition. */
  private trimmed = new Map<string, number>();
  private readonly idle: IdlePartitions;
  private alarm: { readonly cancel: () => void } | null = null;
  private isClosed = false;

  constructor(options: TrimKeeperOptions) {
    this.options = options;
    this.idle = new IdlePartitions(options.clock);
    this.wait();
  }

  close(): void {
    this.isClosed = true;
    this.alarm?.cancel();
  }

  private wait(): void {
    const { clock, timers } = this.options;
    if (!this.isClosed) this.alarm = timers.at(clock.now() + everyMs, () => void this.look());
  }

  private async look(): Promise<void> {
    try {
      const { log, isStored, deleted } = this.options;
      const ground = isStored() || !deleted.isEmpty ? await this.options.ground() : null;
      if (ground !== null) await deleted.trim(log, ground.busy);
      const floors = ground !== null && isStored() ? this.floorsOf(ground) : [];
      for (const floor of floors) await this.trim(floor);
      this.forgetOthers(floors);
    } catch (error) {
      // In the next round there is the same to do.
      this.options.telemetry.debug({ err: asSheafError(error) }, 'the log was not trimmed');
    }
    this.wait();
  }

  private floorsOf(ground: TrimGround): TrimFloor[] {
    const indexes = [...ground.indexes];
    const idle = this.idle.look(toldHeads({ ...ground, indexes }));
    return trimFloors({ ...ground, indexes }, idle);
  }

  private async trim({ partition, before }: TrimFloor): Promise<void> {
    if (this.isClosed || before <= (this.trimmed.get(partition) ?? 0)) return;
    const earliest = await this.options.log.trim(partition, before);
    this.trimmed.set(partition, before);
    this.options.telemetry.debug({ partition, earliest }, 'the log was trimmed');
  }

  /** Of indexes that are not there any more. */
  private forgetOthers(floors: readonly TrimFloor[]): void {
    const there = new Set(floors.map(({ partition }) => partition));
    for (const partition of this.trimmed.keys()) if (!there.has(partition)) this.trimmed.delete(partition);
  }
}
