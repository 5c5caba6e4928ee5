/** A service to measure, ended whatever happens. Touches the world: processes. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Table } from '../report/table.ts';
import { startCluster, type Cluster } from '../../tests/cluster/start.ts';
import { machineTimeUs, profileEnvironment, profileTables } from './profile.ts';

export interface ServiceOptions {
  readonly leaves: number;
  /** Whether its processes write CPU profiles, which makes them slower. */
  readonly profile: boolean;
  /** More options of `sheaf up`. */
  readonly args?: readonly string[];
}

export interface Measured<T> {
  readonly result: T;
  /** One a thread; none unless profiles were asked for. */
  readonly profiles: readonly Table[];
}

/**
 * Starts `sheaf up` with a temporary folder, measures, ends it.
 * @param measure is given a function to call where what is to be profiled begins
 */
export async function withCluster<T>(
  { leaves, profile, args = [] }: ServiceOptions,
  measure: (cluster: Cluster, begin: () => void) => Promise<T>,
): Promise<Measured<T>> {
  const folder = profile ? mkdtempSync(join(tmpdir(), 'sheaf-profile-')) : undefined;
  const cluster = await startCluster({ leaves, args, env: folder === undefined ? {} : profileEnvironment(folder) });
  let pids: Record<string, number> = {};
  let result: T;
  const window = { fromUs: 0, untilUs: 0 };
  const begin = (): void => {
    window.fromUs = machineTimeUs();
  };
  try {
    pids = cluster.pids();
    result = await measure(cluster, begin);
    window.untilUs = machineTimeUs();
  } finally {
    await cluster.stop();
  }
  if (folder === undefined) return { result, profiles: [] };
  process.stderr.write(`The CPU profiles are in ${folder}\n`);
  return { result, profiles: profileTables(folder, pids, window) };
}
