/**
 * The CPU time processes have used, by name. Touches the world: /proc, so Linux only; elsewhere nothing is known.
 *
 * The kernel counts in ticks of 10 ms: a difference is worth something from a second on.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Cluster } from '../../tests/cluster/start.ts';

/** Milliseconds of user and system time by name of process. */
export type CpuTimes = Readonly<Record<string, number>>;

/** The load generator itself: it takes its time from the same cores. */
export const generator = 'generator';

/** Whatever else runs on the machine: more than a little of it spoils the figures. */
export const others = 'others';

/** CLK_TCK, which is 100 on every Linux a Node runs on. */
const tickMs = 10;

/** What the processes of a cluster, this one and the rest of the machine have used since they started. */
export function readCpuTimes(cluster: Pick<Cluster, 'pids'>): CpuTimes {
  const own = process.cpuUsage();
  const times: Record<string, number> = {};
  for (const [name, pid] of Object.entries(cluster.pids())) {
    const spent = readProcess(pid);
    if (spent !== null) times[name] = spent;
  }
  times[generator] = (own.user + own.system) / 1000;
  return { ...times, [others]: readMachine() - sumOf(times, '') };
}

/** What was used between two readings, by name of process. */
export function cpuSince(before: CpuTimes, after: CpuTimes): CpuTimes {
  return Object.fromEntries(Object.entries(after).map(([name, spent]) => [name, spent - (before[name] ?? 0)]));
}

/** The same without what is not the service: its processes only. */
export function serviceOnly(times: CpuTimes): CpuTimes {
  return Object.fromEntries(Object.entries(times).filter(([name]) => name !== generator && name !== others));
}

/** The sum over the processes whose names begin so. */
export function sumOf(times: CpuTimes, prefix: string): number {
  return Object.entries(times).reduce((sum, [name, spent]) => (name.startsWith(prefix) ? sum + spent : sum), 0);
}

/** Milliseconds all cores were busy since the machine started. */
function readMachine(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
}

function readProcess(pid: number): number | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return null;
  }
}

/** User and system time in milliseconds from a line of /proc/PID/stat (proc(5), fields 14 and 15). Pure. */
export function parseStat(line: string): number {
  // The second field is the name in parentheses, and may hold spaces and parentheses itself.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}
