/**
 * Two checkouts measured in turns: each class of queries by one and at once by the other, in an order that is drawn, so that
 * whatever disturbs the machine disturbs both alike. Both are started anew every few rounds: how V8 compiles and lays out a process
 * is drawn once for its life, and would pass for a difference between the checkouts.
 */
import type { Random } from '../../shared/random/random.ts';
import { medianInterval, type MedianInterval } from './median-interval.ts';
import type { Side, StartSide } from './side.ts';

export interface TurnsOptions {
  readonly start: StartSide;
  /** Folders of the checkouts: the ratio is that of the second to the first. */
  readonly base: string;
  readonly head: string;
  readonly roundsMin: number;
  readonly roundsMax: number;
  /** After so many rounds both are started anew. */
  readonly roundsOfStart: number;
  /** Rounds go on until every interval reaches no further than this from its median, as a share of it. */
  readonly precision: number;
  readonly random: Random;
  readonly progress: (line: string) => void;
}

export interface ClassRatio extends MedianInterval {
  readonly name: string;
  readonly rounds: number;
  /** Medians, microseconds of CPU a query. */
  readonly baseUs: number;
  readonly headUs: number;
}

interface Measured {
  readonly baseUs: number[];
  readonly headUs: number[];
}

/** @throws Error when the sides do not answer alike */
export async function measureInTurns(options: TurnsOptions): Promise<ClassRatio[]> {
  const measured = new Map<string, Measured>();
  for (let round = 0; round < options.roundsMin || !isPrecise(measured, options.precision);) {
    if (round >= options.roundsMax) break;
    const rounds = Math.min(options.roundsOfStart, options.roundsMax - round);
    await withBoth(options, async (base, head) => {
      for (let i = 0; i < rounds; i++) {
        options.progress(`round ${round + i + 1}, of ${options.roundsMin} to ${options.roundsMax}`);
        await measureRound(options.random, { base, head }, measured);
      }
    });
    round += rounds;
  }
  return [...measured].map(([name, figures]) => ratioOf(name, figures));
}

async function withBoth(
  { start, base, head, progress }: TurnsOptions,
  use: (base: Side, head: Side) => Promise<void>,
): Promise<void> {
  const started: Side[] = [];
  try {
    for (const checkout of [base, head]) {
      progress(`starting ${checkout}`);
      started.push(await start(checkout));
    }
    const [first, second] = started as [Side, Side];
    if (first.digest !== second.digest) throw new Error('the two checkouts do not give the same answers');
    await use(first, second);
  } finally {
    await Promise.all(started.map((side) => side.stop()));
  }
}

async function measureRound(
  random: Random,
  { base, head }: { base: Side; head: Side },
  measured: Map<string, Measured>,
): Promise<void> {
  for (const name of base.classes) {
    let figures = measured.get(name);
    if (figures === undefined) measured.set(name, (figures = { baseUs: [], headUs: [] }));
    const measureBase = async (): Promise<void> => void figures.baseUs.push(await base.measure(name));
    const measureHead = async (): Promise<void> => void figures.headUs.push(await head.measure(name));
    const order = random.chance(0.5) ? [measureBase, measureHead] : [measureHead, measureBase];
    for (const measure of order) await measure();
  }
}

function ratioOf(name: string, { baseUs, headUs }: Measured): ClassRatio {
  const ratios = headUs.map((spent, i) => spent / baseUs[i]!);
  const medianOf = (values: readonly number[]): number => medianInterval(values).median;
  return { name, rounds: ratios.length, baseUs: medianOf(baseUs), headUs: medianOf(headUs), ...medianInterval(ratios) };
}

function isPrecise(measured: ReadonlyMap<string, Measured>, precision: number): boolean {
  return [...measured].every(([name, figures]) => {
    const { median, low, high } = ratioOf(name, figures);
    return high - median <= precision * median && median - low <= precision * median;
  });
}
