/** The busiest functions of this process while it does something. Touches the world: V8's profiler. */
import { Session } from 'node:inspector/promises';
import type { Table } from '../report/table.ts';
import { machineTimeUs, selfTimes, tableOfTimes, type CpuProfile } from '../service/profile.ts';

const intervalUs = 200;

export async function profiled(title: string, work: () => void): Promise<Table> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: intervalUs });
    await session.post('Profiler.start');
    const fromUs = machineTimeUs();
    work();
    const untilUs = machineTimeUs();
    const { profile } = await session.post('Profiler.stop');
    return tableOfTimes(title, selfTimes(profile as CpuProfile, { fromUs, untilUs }));
  } finally {
    session.disconnect();
  }
}
