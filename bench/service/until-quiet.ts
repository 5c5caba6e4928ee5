/** Waits until the service has nothing left to do of its own, such as merging segments. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../tests/cluster/start.ts';
import { cpuSince, readCpuTimes, serviceOnly, sumOf } from './cpu-time.ts';

const secondMs = 1000;
/**
 * A shard is merged anew when it has been left alone for ten seconds, a commit up to five seconds after the last write counted: a
 * few quiet seconds may be the calm before that.
 */
const seconds = 17;
/** Of a core, for each process, in the last second: nothing has begun just now. */
const shareOfLast = 0.1;
const secondsMax = 180;

/**
 * Resolves when the processes of the service used less than a share of a core each, on average, over seventeen seconds.
 * @returns whether they did within three minutes
 */
export async function untilQuiet(cluster: Cluster, share: number): Promise<boolean> {
  const readings = [readCpuTimes(cluster)];
  while (readings.length <= secondsMax) {
    await sleep(secondMs);
    readings.push(readCpuTimes(cluster));
    if (readings.length <= seconds) continue;
    const isQuiet = (over: number, most: number): boolean => {
      const spent = serviceOnly(cpuSince(readings.at(-1 - over)!, readings.at(-1)!));
      return sumOf(spent, '') < most * over * secondMs * Object.keys(spent).length;
    };
    if (isQuiet(seconds, share) && isQuiet(1, shareOfLast)) return true;
  }
  return false;
}
