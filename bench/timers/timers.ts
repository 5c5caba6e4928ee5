/** What a timer costs that is set and cancelled, as those of queries are: the wheel beside setTimeout. */
import { setImmediate as turn } from 'node:timers/promises';
import { systemTimers } from '../../shared/clock/timers.ts';
import { createRandom } from '../../shared/random/random.ts';
import type { BenchContext } from '../context.ts';
import type { Findings } from '../report/report.ts';

export interface TimersOptions {
  readonly timers: number;
}

/** Sets a timer and gives what cancels it. */
type Set = (delayMs: number) => () => void;

const waiting = 500;
const perTurn = 50;
const rounds = 5;

export async function benchTimers({ clock, seed }: BenchContext, { timers }: TimersOptions): Promise<Findings> {
  const wheel = systemTimers(clock);
  const nothing = (): void => undefined;
  const ways: [name: string, set: Set][] = [
    ['neither', () => nothing],
    [
      'setTimeout',
      (delayMs) => {
        const timer = setTimeout(nothing, delayMs);
        return () => clearTimeout(timer);
      },
    ],
    ['wheel', (delayMs) => wheel.at(clock.now() + delayMs, nothing).cancel],
  ];
  const best = new Map<string, number>();
  // The ways take turns, so that what else the machine does meets all of them.
  for (let round = 0; round < rounds; round++) {
    for (const [name, set] of ways)
      best.set(name, Math.min(best.get(name) ?? Infinity, await measure(set, timers, seed)));
  }
  const loop = best.get('neither')!;
  return {
    parameters: { timers, waiting, seed },
    tables: [
      {
        title: 'CPU for each timer, the least of five rounds',
        columns: ['how', 'µs', 'µs without the loop'],
        rows: ways.map(([name]) => [name, best.get(name)!, best.get(name)! - loop]),
      },
    ],
    notes: [
      `Delays of 1 to 1,000 ms, ${waiting} timers waiting, ${perTurn} set in a turn of the event loop; few ever fire.`,
    ],
  };
}

async function measure(set: Set, count: number, seed: number): Promise<number> {
  const random = createRandom(seed);
  const open: (() => void)[] = [];
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) {
    const replaced = open[i % waiting];
    open[i % waiting] = set(1 + random.next() * 999);
    replaced?.();
    if (i % perTurn === 0) await turn();
  }
  const { user, system } = process.cpuUsage(before);
  for (const cancel of open) cancel();
  return (user + system) / count;
}
