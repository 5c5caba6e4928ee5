/** Waits until the service has nothing left to do of its own, such as merging segments. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../tests/cluster/start.ts';
import { cpuSince, readCpuTimes, serviceOnly, sumOf } from './cpu-time.ts';

const windowMs = 1000;
const windowsMax = 60;

/**
 * Resolves when the processes of the service used less than a share of a core each, on average, for a second.
 * @returns whether they did within a minute
 */
export async function untilQuiet(cluster: Cluster, share: number): Promise<boolean> {
  for (let window = 0; window < windowsMax; window++) {
    const before = readCpuTimes(cluster);
    await sleep(windowMs);
    const spent = serviceOnly(cpuSince(before, readCpuTimes(cluster)));
    if (sumOf(spent, '') < share * windowMs * Object.keys(spent).length) return true;
  }
  return false;
}
