/** Waits until the service has nothing left to do of its own, such as merging segments. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../tests/cluster/start.ts';
import { cpuSince, readCpuTimes, serviceOnly, sumOf } from './cpu-time.ts';

const windowMs = 1000;
/** A shard is merged anew when it has been left alone for ten seconds: one quiet second may be the calm before that. */
const quietWindows = 12;
const windowsMax = 180;

/**
 * Resolves when the processes of the service used less than a share of a core each, on average, in every second of twelve.
 * @returns whether they did within three minutes
 */
export async function untilQuiet(cluster: Cluster, share: number): Promise<boolean> {
  for (let window = 0, quiet = 0; window < windowsMax; window++) {
    const before = readCpuTimes(cluster);
    await sleep(windowMs);
    const spent = serviceOnly(cpuSince(before, readCpuTimes(cluster)));
    quiet = sumOf(spent, '') < share * windowMs * Object.keys(spent).length ? quiet + 1 : 0;
    if (quiet === quietWindows) return true;
  }
  return false;
}
