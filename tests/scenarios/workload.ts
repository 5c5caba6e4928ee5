/** Writes that go on while processes are killed, and what has to be there afterwards. */
import { createRandom } from '../../shared/random/random.ts';
import { killProcesses, type KillOptions } from './kill-processes.ts';

export interface Workload<Counts extends object = object> {
  /** What was done until now. */
  readonly counts: Counts;
  /** Writes until the signal, and resolves when the last write is answered. */
  write(signal: AbortSignal): Promise<void>;
  /** Reads everything back once all shards are complete again. @returns what is wrong; empty when all is well */
  check(): Promise<string[]>;
}

export interface KilledResult {
  /** By name of process. */
  readonly killed: Readonly<Record<string, number>>;
  /** What is wrong afterwards; empty when all is well. */
  readonly faults: readonly string[];
}

/** Kills processes while all workloads write, and then has each of them look. */
export async function underKills(options: KillOptions, workloads: readonly Workload[]): Promise<KilledResult> {
  const stop = new AbortController();
  const writing = workloads.map((workload) => workload.write(stop.signal));
  const killed = await killProcesses(options, createRandom(options.seed)).finally(() => stop.abort());
  await Promise.all(writing);
  options.progress(
    `${options.kills} kills done, ${workloads.map(({ counts }) => JSON.stringify(counts)).join(' ')}; checking`,
  );
  const faults: string[] = [];
  for (const workload of workloads) faults.push(...(await workload.check()));
  return { killed, faults };
}
