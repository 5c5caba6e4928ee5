/** Waits until the service has nothing left to do of its own, such as merging segments. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../tests/cluster/start.ts';
import { cpuSince, readCpuTimes, serviceOnly, sumOf } from './cpu-time.ts';

const windowMs = 1000;
/** Of a core, for each process: heartbeats go on. */
const quietShare = 0.015;
const windowsMax = 60;

/** Resolves when all processes of the service together used under 1.5 % of a core each for a second. @returns whether they did within a minute */
export async function untilQuiet(cluster: Cluster): Promise<boolean> {
  for (let window = 0; window < windowsMax; window++) {
    const before = readCpuTimes(cluster);
    await sleep(windowMs);
    const spent = serviceOnly(cpuSince(before, readCpuTimes(cluster)));
    if (sumOf(spent, '') < quietShare * windowMs * Object.keys(spent).length) return true;
  }
  return false;
}
