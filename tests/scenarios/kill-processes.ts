/** Kills one process of a cluster after the other, at random moments, and waits for each to be started again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../shared/random/random.ts';
import type { Cluster } from '../cluster/start.ts';

export interface KillOptions {
  readonly cluster: Pick<Cluster, 'url' | 'pids' | 'signal'>;
  readonly seed: number;
  readonly kills: number;
  /** Longest pause between two kills, in milliseconds. */
  readonly pauseMsMax: number;
  /** Longest wait until a process is there again, in milliseconds; half a minute where it is left out. */
  readonly restartMsMax?: number;
  readonly progress: (line: string) => void;
  readonly onKill?: (name: string) => void;
}

/** @returns how often each process was killed, by name */
export async function killProcesses(
  { cluster, kills, pauseMsMax, restartMsMax = 30_000, progress, onKill }: KillOptions,
  random: Random,
): Promise<Record<string, number>> {
  const killed: Record<string, number> = {};
  for (let i = 0; i < kills; i++) {
    await sleep(random.integer(0, pauseMsMax));
    const before = cluster.pids();
    const name = random.pick(Object.keys(before).sort());
    cluster.signal(name, 'SIGKILL');
    onKill?.(name);
    killed[name] = (killed[name] ?? 0) + 1;
    // Another one is killed only when this one was started again: what is under test is one failure at a time.
    for (
      let waitedMs = 0;
      cluster.pids()[name] === undefined || cluster.pids()[name] === before[name];
      waitedMs += 20
    ) {
      if (waitedMs > restartMsMax) throw new Error(`${name} was not started again`);
      await sleep(20);
    }
    if ((i + 1) % 10 === 0) progress(`${i + 1} of ${kills} kills`);
  }
  return killed;
}
