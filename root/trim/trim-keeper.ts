/**
 * Has the log let go of what is in object storage, and of what is of indexes that are deleted. Touches the world through the log it is given, and timers.
 *
 * Every root does so, without a lease: what may go for one may go for all, and a trim that comes twice, or late, changes
 * nothing.
 */
import type { Clock } from '../../shared/clock/clock.ts';
import type { Timers } from '../../shared/clock/timers.ts';
import { asSheafError, SheafError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log/log.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import type { DeletedPartitions, TrimAttempts } from './deleted-partitions.ts';
import { IdlePartitions } from './idle-partitions.ts';
import { TrimFaults, type ListedTrimFault } from './trim-faults.ts';
import { toldHeads, trimFloors, type TrimFloor, type TrimGround } from './trim-floors.ts';

export interface TrimKeeperOptions {
  readonly log: Pick<Log, 'earliest' | 'heads' | 'trim'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly telemetry: Telemetry;
  /** Whether object storage has any shard: nothing is asked before. */
  readonly isStored: () => boolean;
  /** Whether the log can be reached: what fails while it cannot is no fault of a partition. */
  readonly isConnected: () => boolean;
  /** Partitions that the log has lost as a whole, as it said last. */
  readonly lost: () => readonly string[];
  /** Of indexes that are deleted: their partitions go whether or not there is object storage. */
  readonly deleted: DeletedPartitions;
  /** As of now. @throws SheafError where not all of it is known */
  readonly ground: () => Promise<TrimGround>;
}

const everyMs = 10_000;
/** So long the log may take for one partition. */
const oneTimeoutMs = 5000;

export class TrimKeeper {
  private readonly options: TrimKeeperOptions;
  /** What was trimmed by this process, by partition. */
  private trimmed = new Map<string, number>();
  /** What was lost in the round before: a topic that was made a moment ago is not known to every broker. */
  private lostBefore: ReadonlySet<string> = new Set();
  private readonly idle: IdlePartitions;
  private readonly standing: TrimFaults;
  /** Each partition by itself: one that the log cannot let go of stands in the way of no other. */
  private readonly attempts: TrimAttempts = {
    isDue: (partition) => this.standing.isDue(partition),
    attempt: async (partition, work) => {
      if (this.isClosed) return false;
      try {
        await work();
      } catch (error) {
        if (!this.options.isConnected()) throw error;
        this.standing.failed(partition, asSheafError(error));
        return false;
      }
      this.standing.trimmed(partition);
      return true;
    },
  };
  private alarm: { readonly cancel: () => void } | null = null;
  private isClosed = false;

  constructor(options: TrimKeeperOptions) {
    this.options = options;
    this.idle = new IdlePartitions(options.clock);
    this.standing = new TrimFaults(options);
    this.wait();
  }

  /** The partitions that this root could not have trimmed when it tried last. */
  faults(): ListedTrimFault[] {
    return this.standing.all(new Set(this.options.deleted.partitions()));
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
    const lost = this.stillLost();
    try {
      const { log, isStored, deleted } = this.options;
      const ground = isStored() || !deleted.isEmpty ? await this.options.ground() : null;
      const floors = ground !== null && isStored() ? this.floorsOf(ground) : [];
      this.forgetOthers(floors, lost);
      for (const partition of lost)
        if (!this.standing.has(partition)) this.standing.failed(partition, goneFault(partition));
      if (ground !== null) await deleted.trim(log, ground.busy, this.attempts);
      // What failed last waits for no answer before the others had theirs.
      const isStanding = ({ partition }: TrimFloor): boolean => this.standing.has(partition);
      for (const floor of floors.toSorted((a, b) => Number(isStanding(a)) - Number(isStanding(b))))
        await this.trim(floor);
    } catch (error) {
      // In the next round there is the same to do.
      this.options.telemetry.debug({ err: asSheafError(error) }, 'the log was not trimmed');
    }
    this.wait();
  }

  /** Whether or not there is anything to be trimmed. */
  private stillLost(): ReadonlySet<string> {
    const before = this.lostBefore;
    const lost = new Set(this.options.isConnected() ? this.options.lost() : []);
    this.lostBefore = lost;
    return lost.intersection(before);
  }

  private floorsOf(ground: TrimGround): TrimFloor[] {
    const indexes = [...ground.indexes];
    const idle = this.idle.look(toldHeads({ ...ground, indexes }));
    return trimFloors({ ...ground, indexes }, idle);
  }

  private async trim({ partition, before }: TrimFloor): Promise<void> {
    if (before <= (this.trimmed.get(partition) ?? 0) || !this.standing.isDue(partition)) return;
    await this.attempts.attempt(partition, async () => {
      const earliest = await this.options.log.trim(partition, before, { timeoutMs: oneTimeoutMs });
      this.trimmed.set(partition, before);
      this.options.telemetry.debug({ partition, earliest }, 'the log was trimmed');
    });
  }

  /** Of indexes that are not there any more. */
  private forgetOthers(floors: readonly TrimFloor[], lost: ReadonlySet<string>): void {
    const there = new Set(floors.map(({ partition }) => partition));
    for (const partition of this.trimmed.keys()) if (!there.has(partition)) this.trimmed.delete(partition);
    this.standing.keep(new Set([...there, ...lost, ...this.options.deleted.partitions()]));
  }
}

function goneFault(partition: string): SheafError {
  return new SheafError('LOG_UNAVAILABLE', { detail: { reason: `the log has lost ${partition} as a whole` } });
}
