/** Partitions of which the log could not let go of what it may: why, and when the next try is due. Pure but for the clock and the telemetry it is given. */
import type { Clock } from '../../shared/clock/clock.ts';
import { errorTable, type ErrorCode, type SheafError } from '../../shared/errors.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';

/** As the cluster page tells it. */
export interface ListedTrimFault {
  readonly partition: string;
  readonly code: ErrorCode;
  readonly reason: string;
  readonly fix: string;
}

interface Fault {
  readonly error: SheafError;
  readonly waitMs: number;
  /** On the clock. */
  readonly againAt: number;
}

/** After a fault, the wait before the next try; doubled by each up to the last: each may take as long as the log waits for an answer. */
const waitMsMin = 10_000;
const waitMsMax = 600_000;

export class TrimFaults {
  private readonly world: { readonly clock: Clock; readonly telemetry: Telemetry };
  private readonly faults = new Map<string, Fault>();

  constructor(world: { readonly clock: Clock; readonly telemetry: Telemetry }) {
    this.world = world;
  }

  /** Those of now, in the order in which they began. @param deleted partitions of indexes that are deleted */
  all(deleted: ReadonlySet<string>): ListedTrimFault[] {
    return Array.from(this.faults, ([partition, { error }]) => {
      const fix = wayOut(error.code, deleted.has(partition));
      return { partition, code: error.code, reason: reasonOf(error), fix };
    });
  }

  /** False until the wait after a fault is over. */
  isDue(partition: string): boolean {
    return this.world.clock.now() >= (this.faults.get(partition)?.againAt ?? -Infinity);
  }

  has(partition: string): boolean {
    return this.faults.has(partition);
  }

  /** Warns of it where that was not done for the same cause. */
  failed(partition: string, error: SheafError): void {
    const { clock, telemetry } = this.world;
    const before = this.faults.get(partition);
    const waitMs = before === undefined ? waitMsMin : Math.min(waitMsMax, before.waitMs * 2);
    this.faults.set(partition, { error, waitMs, againAt: clock.now() + waitMs });
    if (before?.error.code === error.code) return;
    telemetry.warn({ partition, error: error.toBody() }, 'a partition of the log cannot be trimmed');
  }

  /** Nothing is wrong with it any more. */
  trimmed(partition: string): void {
    if (this.faults.delete(partition))
      this.world.telemetry.info({ partition }, 'a partition of the log is trimmed again');
  }

  /** Forgets the partitions that are not to be trimmed any more. */
  keep(partitions: ReadonlySet<string>): void {
    for (const partition of this.faults.keys()) if (!partitions.has(partition)) this.faults.delete(partition);
  }
}

function reasonOf({ code, detail }: SheafError): string {
  const { reason } = detail;
  return typeof reason === 'string' ? reason : errorTable[code].message;
}

function wayOut(code: ErrorCode, isDeleted: boolean): string {
  if (code !== 'LOG_UNAVAILABLE') return errorTable[code].fix;
  if (isDeleted) {
    return 'its index is deleted and needs nothing of it: it goes from here by itself once the log answers for it, over Kafka once roots may remove its topic';
  }
  return 'see that the log has the partition, over Kafka its topic; where that is gone for good, delete the index';
}
