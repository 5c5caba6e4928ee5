/** Waits until the service has nothing left to do of its own, such as merging segments. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../tests/cluster/start.ts';
import { cpuSince, readCpuTimes, serviceOnly, sumOf } from './cpu-time.ts';

const secondMs = 1000;
/** A shard is merged anew when it has been left alone for ten seconds: one quiet second may be the calm before that. */
const seconds = 12;
const secondsMax = 180;

/**
 * Resolves when the processes of the service used less than a share of a core each, on average, over twelve seconds.
 * @returns whether they did within three minutes
 */
export async function untilQuiet(cluster: Cluster, share: number): Promise<boolean> {
  const readings = [readCpuTimes(cluster)];
  while (readings.length <= secondsMax) {
    await sleep(secondMs);
    readings.push(readCpuTimes(cluster));
    if (readings.length <= seconds) continue;
    const spent = serviceOnly(cpuSince(readings.at(-1 - seconds)!, readings.at(-1)!));
    if (sumOf(spent, '') < share * seconds * secondMs * Object.keys(spent).length) return true;
  }
  return false;
}
