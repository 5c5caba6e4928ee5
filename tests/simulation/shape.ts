/** What a cluster is made of and how much is asked of it, chosen by the seed. Times are virtual milliseconds. */
import type { Random } from '../../shared/random/random.ts';

export interface Shape {
  readonly leaves: number;
  readonly roots: number;
  readonly shards: number;
  readonly replicas: number;
  /** Mean time of a task on a leaf. */
  readonly taskMs: number;
  /** Queries a second at a time. */
  readonly rateAt: (now: number) => number;
  /** Queries whose hits are scored make two rounds, so they cost twice as much. */
  readonly scoredShare: number;
  readonly batchShare: number;
  /** Documents a second that are added. */
  readonly writesPerSecond: number;
  /** Null where the trouble is faults and not load. */
  readonly overload: Overload | null;
  /** By then what the faults, or the overload, have left behind must be over. */
  readonly liveAt: number;
  readonly endsAt: number;
}

export interface Overload {
  readonly from: number;
  readonly until: number;
  /** Queries a second that a leaf can do when each asks it. */
  readonly capacity: number;
}

/** One cluster in so many is overloaded, and has no other faults: what it must still do can be said in figures then. */
const overloadedOneIn = 8;
const overloadFrom = 1000;
/** Long enough for chance to count little in what is done meanwhile. */
const overloadUntil = 11_000;

/** @param factor where the cluster is overloaded, how much is asked, in the capacity of a leaf, in place of what is drawn */
export function drawShape(random: Random, factor?: number): Shape {
  const leaves = random.integer(1, 8);
  const common = {
    leaves,
    roots: random.integer(1, 4),
    shards: random.integer(1, 16),
    replicas: Math.min(leaves, random.integer(1, 3)),
    batchShare: random.pick([0, 0.2]),
  };
  if (random.integer(1, overloadedOneIn) === 1) return { ...common, ...drawOverload(random, factor) };
  const rate = random.integer(20, 120);
  const writesPerSecond = random.pick([0, 2, 20]);
  const times = { liveAt: 6000, endsAt: 7500 };
  return { ...common, taskMs: 0.5, rateAt: () => rate, scoredShare: 0.5, writesPerSecond, overload: null, ...times };
}

function drawOverload(
  random: Random,
  given?: number,
): Pick<Shape, 'taskMs' | 'rateAt' | 'scoredShare' | 'writesPerSecond' | 'overload' | 'liveAt' | 'endsAt'> {
  const taskMs = random.integer(5, 10);
  const overload = { from: overloadFrom, until: overloadUntil, capacity: 1000 / taskMs };
  const drawn = 1.5 + 1.5 * random.next();
  const factor = given ?? drawn;
  return {
    taskMs,
    rateAt: (now) => overload.capacity * (now >= overload.from && now < overload.until ? factor : 0.5),
    scoredShare: 0,
    writesPerSecond: random.pick([0, 2]),
    overload,
    liveAt: overloadUntil + 1000,
    endsAt: overloadUntil + 3000,
  };
}
