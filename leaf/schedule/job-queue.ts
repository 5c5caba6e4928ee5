/**
 * The jobs of one priority, in the order of their next slice: a job that has had one goes behind those that were there.
 * So many may have begun at a time; the others wait, and CoDel watches how long.
 */
import { CoDel } from './codel.ts';
import type { Job } from './job.ts';

interface Entry {
  readonly job: Job;
  /** When it came. */
  readonly since: number;
  /** Its place in the line: lower is sooner. */
  readonly place: number;
}

export interface Taken {
  readonly job: Job;
  /** When it came. */
  readonly since: number;
  /** This is its first slice. */
  readonly begins: boolean;
  /** The queue stands, the job has waited for a good part of its time, and should be shed. */
  readonly shed: boolean;
}

/** Of its time a job has waited before it is shed: a line that costs no deadline is no reason. As long as roots let it wait. */
const shedShareMin = 0.25;
/** Of its time a job has been here before it is aged: as long as a line may be where roots let batch queries in. */
const agedShareMin = 0.125;

export class JobQueue {
  private readonly codel = new CoDel();
  private readonly waiting = new Map<Job, Entry>();
  private readonly begun = new Map<Job, Entry>();
  private lastPlace = 0;

  get size(): number {
    return this.waiting.size + this.begun.size;
  }

  /** Waits have stood above CoDel's target for its whole interval, and still do. */
  isStanding(now: number): boolean {
    return this.codel.isStanding(now);
  }

  add(job: Job, now: number): void {
    this.waiting.set(job, { job, since: now, place: ++this.lastPlace });
  }

  /**
   * Takes out the job whose slice is next.
   * @param begunMax jobs that may have begun and not ended
   * @param serviceMs what a job takes lately
   */
  take(now: number, begunMax: number, serviceMs: number): Taken | undefined {
    return this.takeFirst(now, begunMax, serviceMs, () => true);
  }

  /** The same among the jobs that have been here for a good part of their time. Cost: a look at each job. */
  takeAged(now: number, begunMax: number, serviceMs: number): Taken | undefined {
    return this.takeFirst(now, begunMax, serviceMs, ({ job, since }) => {
      return now - since >= agedShareMin * (job.deadline - since);
    });
  }

  /** The same among the jobs that have begun. */
  takeBegun(isMeant: (entry: Entry) => boolean = () => true): Taken | undefined {
    const goesOn = first(this.begun, isMeant);
    if (goesOn === undefined) return undefined;
    const { job, since } = goesOn;
    this.begun.delete(job);
    return { job, since, begins: false, shed: false };
  }

  /** Puts back a job that has more to do, behind the others. */
  putBack({ job, since }: Taken): void {
    this.begun.set(job, { job, since, place: ++this.lastPlace });
  }

  /** Whether the job was here, and had begun. */
  delete(job: Job): 'waiting' | 'begun' | undefined {
    if (this.waiting.delete(job)) return 'waiting';
    return this.begun.delete(job) ? 'begun' : undefined;
  }

  /** Takes out all. */
  clear(): Job[] {
    const jobs = [...this.begun.keys(), ...this.waiting.keys()];
    this.begun.clear();
    this.waiting.clear();
    return jobs;
  }

  private takeFirst(
    now: number,
    begunMax: number,
    serviceMs: number,
    isMeant: (entry: Entry) => boolean,
  ): Taken | undefined {
    const goesOn = first(this.begun, isMeant);
    const begins = this.begun.size < begunMax ? first(this.waiting, isMeant) : undefined;
    if (begins !== undefined && (goesOn === undefined || begins.place < goesOn.place)) {
      const { job, since } = begins;
      this.waiting.delete(job);
      const waitedMs = now - since;
      const isStanding = this.codel.take(now, waitedMs, this.waiting.size, serviceMs);
      const shed = isStanding && waitedMs >= shedShareMin * (job.deadline - since);
      return { job, since, begins: true, shed };
    }
    return this.takeBegun(isMeant);
  }
}

function first(entries: ReadonlyMap<Job, Entry>, isMeant: (entry: Entry) => boolean): Entry | undefined {
  for (const entry of entries.values()) if (isMeant(entry)) return entry;
  return undefined;
}
