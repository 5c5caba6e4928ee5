/**
 * The jobs of one priority, in the order of their next slice: a job that has had one goes behind those that were there.
 * So many may have begun at a time; the others wait, and CoDel watches how long.
 *
 * A search of many indexes is many jobs. Of one group few are in the line, and the next comes to its end when one of them has ended: so
 * such a search does not take all places that there are, and what waits for others of its own search makes no line stand.
 */
import { CoDel } from './codel.ts';
import type { Job } from './job.ts';

interface Entry {
  readonly job: Job;
  /** When it came, and when it entered the line: later where others of its group were before it. */
  readonly cameAt: number;
  readonly since: number;
  /** Its place in the line: lower is sooner. */
  readonly place: number;
}

export interface Taken {
  readonly job: Job;
  /** When it came, and when it entered the line. */
  readonly cameAt: number;
  readonly since: number;
  /** This is its first slice. */
  readonly begins: boolean;
  /** The queue stands, the job has waited for a good part of its time, and should be shed. */
  readonly shed: boolean;
}

/** Jobs of one group in the line: so that a long one does not keep all others of its search from being answered. */
export const inLineOfGroupMax = 4;

/** The jobs of one search. */
interface Group {
  /** Waiting for their first slice or begun. */
  inLine: number;
  /** The others, as they came, and when. */
  readonly behind: Map<Job, number>;
}

type IsMeant = (entry: Entry) => boolean;

const isAny: IsMeant = () => true;

/** Of its time a job has waited before it is shed: a line that costs no deadline is no reason. As long as roots let it wait. */
const shedShareMin = 0.25;
/** Of its time a job has been here before it is aged: as long as a line may be where roots let batch queries in. */
const agedShareMin = 0.125;

export class JobQueue {
  private readonly codel = new CoDel();
  private readonly waiting = new Map<Job, Entry>();
  private readonly begun = new Map<Job, Entry>();
  private readonly groups = new Map<string, Group>();
  /** In all groups. */
  private behind = 0;
  /** What was taken last, until it is put back or something else is taken: then it has ended. */
  private taken: Job | null = null;
  private lastPlace = 0;

  get size(): number {
    return this.waiting.size + this.begun.size + this.behind;
  }

  /** Waits have stood above CoDel's target for its whole interval, and still do. */
  isStanding(now: number): boolean {
    return this.codel.isStanding(now);
  }

  add(job: Job, now: number): void {
    if (job.group === undefined || this.enterGroup(job, job.group, now)) this.enter(job, now, now);
  }

  private enter(job: Job, cameAt: number, since: number): void {
    this.waiting.set(job, { job, cameAt, since, place: ++this.lastPlace });
  }

  /** Whether there is room in the line; else it stands behind the others of its group. */
  private enterGroup(job: Job, name: string, now: number): boolean {
    const group = this.groups.get(name) ?? { inLine: 0, behind: new Map<Job, number>() };
    this.groups.set(name, group);
    if (group.inLine < inLineOfGroupMax) {
      group.inLine++;
      return true;
    }
    group.behind.set(job, now);
    this.behind++;
    return false;
  }

  /** A job is no longer in the line: the next of its group is. */
  private left({ group: name }: Job, now: number): void {
    const group = name === undefined ? undefined : this.groups.get(name);
    if (name === undefined || group === undefined) return;
    group.inLine--;
    const [next] = group.behind;
    if (next === undefined) {
      if (group.inLine === 0) this.groups.delete(name);
      return;
    }
    const [job, cameAt] = next;
    group.behind.delete(job);
    this.behind--;
    group.inLine++;
    this.enter(job, cameAt, now);
  }

  /**
   * Takes out the job whose slice is next.
   * @param begunMax jobs that may have begun and not ended
   * @param serviceMs what a job takes lately
   */
  take(now: number, begunMax: number, serviceMs: number): Taken | undefined {
    return this.takeOut(now, () => this.firstOf(now, begunMax, serviceMs, isAny));
  }

  /** The same among the jobs that have been here for a good part of their time. Cost: a look at each job. */
  takeAged(now: number, begunMax: number, serviceMs: number): Taken | undefined {
    const isAged = ({ job, cameAt }: Entry): boolean => now - cameAt >= agedShareMin * (job.deadline - cameAt);
    return this.takeOut(now, () => this.firstOf(now, begunMax, serviceMs, isAged));
  }

  /** The same among the jobs that have begun. */
  takeBegun(now: number): Taken | undefined {
    return this.takeOut(now, () => this.firstBegun(isAny));
  }

  /** Puts back a job that has more to do, behind the others. */
  putBack({ job, cameAt, since }: Taken): void {
    this.taken = null;
    this.begun.set(job, { job, cameAt, since, place: ++this.lastPlace });
  }

  /** Whether the job was here, and had begun. */
  delete(job: Job, now: number): 'waiting' | 'begun' | undefined {
    if (this.deleteBehind(job)) return 'waiting';
    const was = this.waiting.delete(job) ? 'waiting' : this.begun.delete(job) ? 'begun' : undefined;
    if (was !== undefined) this.left(job, now);
    return was;
  }

  private deleteBehind(job: Job): boolean {
    if (job.group === undefined || this.groups.get(job.group)?.behind.delete(job) !== true) return false;
    this.behind--;
    return true;
  }

  /** Takes out all. */
  clear(): Job[] {
    const behind = Array.from(this.groups.values(), (group) => [...group.behind.keys()]);
    const jobs = [...this.begun.keys(), ...this.waiting.keys(), ...behind.flat()];
    this.begun.clear();
    this.waiting.clear();
    this.groups.clear();
    this.behind = 0;
    this.taken = null;
    return jobs;
  }

  /** The job that was taken last has ended: nothing more is known of it, and the next of its group is in the line. */
  ended(now: number): void {
    if (this.taken !== null) this.left(this.taken, now);
    this.taken = null;
  }

  private takeOut(now: number, find: () => Taken | undefined): Taken | undefined {
    this.ended(now);
    const taken = find();
    this.taken = taken?.job ?? null;
    return taken;
  }

  private firstOf(now: number, begunMax: number, serviceMs: number, isMeant: IsMeant): Taken | undefined {
    const goesOn = first(this.begun, isMeant);
    const begins = this.begun.size < begunMax ? first(this.waiting, isMeant) : undefined;
    if (begins === undefined || (goesOn !== undefined && goesOn.place < begins.place)) return this.firstBegun(isMeant);
    const { job, cameAt, since } = begins;
    this.waiting.delete(job);
    const waitedMs = now - since;
    const isStanding = this.codel.take(now, waitedMs, this.waiting.size, serviceMs);
    const shed = isStanding && waitedMs >= shedShareMin * (job.deadline - since);
    return { job, cameAt, since, begins: true, shed };
  }

  private firstBegun(isMeant: IsMeant): Taken | undefined {
    const goesOn = first(this.begun, isMeant);
    if (goesOn === undefined) return undefined;
    const { job, cameAt, since } = goesOn;
    this.begun.delete(job);
    return { job, cameAt, since, begins: false, shed: false };
  }
}

function first(entries: ReadonlyMap<Job, Entry>, isMeant: IsMeant): Entry | undefined {
  for (const entry of entries.values()) if (isMeant(entry)) return entry;
  return undefined;
}
