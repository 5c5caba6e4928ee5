/**
 * Stops leaves at random, each on its own, as a collection of garbage or a neighbour on the machine would. Touches the
 * world: timers and signals.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../shared/random/random.ts';
import type { Cluster } from '../../tests/cluster/start.ts';

export interface PauseOptions {
  readonly leaves: number;
  readonly random: Random;
  /** Share of the time that each leaf is stopped. */
  readonly share: number;
  readonly pauseMsMin: number;
  readonly pauseMsMax: number;
}

export interface Pauses {
  readonly count: number;
  readonly totalMs: number;
}

/** Begins to pause leaves. The function ends it, with every leaf running, and tells what was done. */
export function startPauses(cluster: Pick<Cluster, 'signal'>, options: PauseOptions): () => Promise<Pauses> {
  const { leaves, random, share, pauseMsMin, pauseMsMax } = options;
  const controller = new AbortController();
  const { signal } = controller;
  let count = 0;
  let totalMs = 0;
  const gapMsMean = ((pauseMsMin + pauseMsMax) / 2) * (1 / share - 1);
  const pauseLeaf = async (leaf: string): Promise<void> => {
    while (!signal.aborted) {
      await sleep(-Math.log(1 - random.next()) * gapMsMean, undefined, { signal });
      const pauseMs = pauseMsMin + random.next() * (pauseMsMax - pauseMsMin);
      const startedAt = performance.now();
      cluster.signal(leaf, 'SIGSTOP');
      try {
        await sleep(pauseMs, undefined, { signal });
      } finally {
        cluster.signal(leaf, 'SIGCONT');
        count++;
        totalMs += performance.now() - startedAt;
      }
    }
  };
  const all = Array.from({ length: leaves }, (_, i) => pauseLeaf(`leaf-${i}`).catch(ignoreAbort));
  return async () => {
    controller.abort();
    await Promise.all(all);
    return { count, totalMs };
  };
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}
