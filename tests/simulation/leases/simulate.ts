/** One schedule: processes that want the same leases, everything that can go wrong, and what must never be. */
import type { Tenure } from '../../../shared/lease/holder.ts';
import { createRandom, type Random } from '../../../shared/random/random.ts';
import { VirtualTime } from '../virtual-time.ts';
import { Place } from './place.ts';
import { SimLog } from './sim-log.ts';
import { SimProcess, type LeaseWorld } from './sim-process.ts';

export interface LeaseOutcome {
  readonly violations: readonly string[];
  /** Changes that counted. */
  readonly writes: number;
  readonly checkpoints: number;
}

/** Of the time of a lease. */
const faultsEndAt = 8;
const endAt = 13;

/** Simulates one schedule. @param trace told what happens, event by event */
export function simulateLeases(seed: number, trace?: (line: string) => void): LeaseOutcome {
  const random = createRandom(seed);
  const time = new VirtualTime();
  const violations: string[] = [];
  const violation = (what: string): void => void violations.push(`at ${time.now().toFixed(1)}: ${what}`);
  const ttlMs = random.pick([500, 2000, 10_000]);
  const places = new Map(
    Array.from({ length: random.integer(1, 2) }, (_, i): [string, Place] => [
      `place/${i}`,
      new Place((what) => violation(`place/${i}: ${what}`)),
    ]),
  );
  const log = new SimLog(random);
  const faults = { isLogAway: false, isLossy: random.chance(0.5), isClockWild: false, isHealed: false };
  const states = new Map<number, string>();
  const world: LeaseWorld = {
    time,
    random,
    log,
    places,
    ttlMs,
    checkpointEvery: random.integer(8, 40),
    delayMs: () => delayOf(random, faults, ttlMs),
    isHealed: () => faults.isHealed,
    isLogThere: () => !faults.isLogAway,
    onLog: () => {
      for (const process of processes) process.deliver();
    },
    onAct: (process, { name }: Tenure) => {
      if (faults.isClockWild || log.copiesPutBack > 0) return;
      const other = processes.find((each) => each !== process && each.believes(name));
      if (other !== undefined) violation(`${process.name} acts under ${name} while ${other.name} believes to hold it`);
    },
    onRead: ({ name, table }) => {
      if (table === null || log.copiesPutBack > 0) return;
      const state = JSON.stringify(table.all().toSorted((a, b) => (a.name < b.name ? -1 : 1)));
      const before = states.get(table.offset);
      if (before === undefined) states.set(table.offset, state);
      else if (before !== state) violation(`${name} reads other leases at ${table.offset}: ${state}, not ${before}`);
    },
    trace: (line) => trace?.(`${time.now().toFixed(1)} ${line}\n`),
  };
  const processes: SimProcess[] = [];
  for (let i = random.integer(2, 4); i > 0; i--) processes.push(new SimProcess(`p${i}`, world));
  scheduleFaults({ world, processes, faults });
  time.run(faultsEndAt * ttlMs);
  heal(world, processes, faults);
  time.run(endAt * ttlMs);
  for (const [name, { changedAtMs }] of places) {
    // Of a copy that was put back the offsets have to overtake the tokens of before.
    if (log.copiesPutBack === 0 && changedAtMs < (endAt - 4) * ttlMs) {
      violation(`nobody changes ${name} though all has healed: last at ${changedAtMs.toFixed(1)}`);
    }
  }
  const writes = [...places.values()].reduce((sum, { value }) => sum + value, 0);
  return { violations, writes, checkpoints: log.earliest > 0 ? 1 : 0 };
}

function delayOf(random: Random, { isLossy, isHealed }: Faults, ttlMs: number): number | null {
  if (isLossy && !isHealed && random.chance(0.03)) return null;
  return !isHealed && random.chance(0.03) ? random.next() * ttlMs : random.next() * 10;
}

interface Faults {
  isLogAway: boolean;
  isLossy: boolean;
  /** A clock was set, or stood still: nobody's belief is worth anything then, and the fence alone protects. */
  isClockWild: boolean;
  /** Nothing goes wrong from now on but what is under way. */
  isHealed: boolean;
}

interface Setting {
  readonly world: LeaseWorld;
  readonly processes: readonly SimProcess[];
  readonly faults: Faults;
}

function scheduleFaults({ world, processes, faults }: Setting): void {
  const { random, time, ttlMs, log } = world;
  const isWild = random.chance(0.5);
  const isPutBack = random.chance(0.1);
  for (let count = random.integer(0, 8); count > 0; count--) {
    const process = random.pick(processes);
    const lastsMs = random.next() * ttlMs * 3;
    const endMs = faultsEndAt * ttlMs;
    const atMs = random.next() * endMs;
    const during = (begin: () => void, end: () => void): void => {
      time.at(atMs, begin);
      time.at(Math.min(endMs, atMs + lastsMs), end);
    };
    const kinds: (() => void)[] = [
      () =>
        during(
          () => process.pause(),
          () => process.resume(false),
        ),
      () => time.at(atMs, () => process.restart()),
      () =>
        during(
          () => (process.isCut = true),
          () => ((process.isCut = false), process.deliver()),
        ),
      () =>
        during(
          () => (faults.isLogAway = true),
          () => ((faults.isLogAway = false), world.onLog()),
        ),
    ];
    if (isWild) {
      kinds.push(
        () => time.at(atMs, () => ((faults.isClockWild = true), process.jump(lastsMs))),
        () =>
          during(
            () => ((faults.isClockWild = true), process.pause()),
            () => process.resume(true),
          ),
      );
    }
    if (isPutBack) kinds.push(() => time.at(atMs, () => (log.putCopyBack(random.integer(1, 10)), world.onLog())));
    random.pick(kinds)();
  }
}

function heal({ onLog }: LeaseWorld, processes: readonly SimProcess[], faults: Faults): void {
  faults.isLogAway = false;
  faults.isHealed = true;
  for (const process of processes) {
    process.isCut = false;
    process.resume(false);
  }
  onLog();
}
