/**
 * The CPU time of a process with all that it has started. Touches the world: /proc, so Linux only; elsewhere nothing is known.
 *
 * The kernel counts in ticks of 10 ms: a difference is worth something from a second on.
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessTimes {
  readonly pid: number;
  readonly parent: number;
  /** Milliseconds of user and system time, of its threads and of children that have ended and were waited for. */
  readonly cpuMs: number;
}

/** CLK_TCK, which is 100 on every Linux a Node runs on. */
const tickMs = 10;

/** From a line of /proc/PID/stat (proc(5), fields 1, 4 and 14 to 17). Pure. */
export function parseProcessTimes(line: string): ProcessTimes {
  // The second field is the name in parentheses, and may hold spaces and parentheses itself.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid: Number(line.slice(0, line.indexOf(' '))), parent: Number(fields[1]), cpuMs: ticks * tickMs };
}

/** Milliseconds of a process and of all that descend from it; 0 where there is none. Pure. */
export function treeCpuMs(processes: readonly ProcessTimes[], root: number): number {
  const members = new Set([root]);
  // A child may be listed before its parent: its number is lower where numbers have begun anew.
  for (let size = 0; size < members.size;) {
    size = members.size;
    for (const { pid, parent } of processes) if (members.has(parent)) members.add(pid);
  }
  return processes.reduce((sum, { pid, cpuMs }) => (members.has(pid) ? sum + cpuMs : sum), 0);
}

export function readTreeCpuMs(root: number): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return treeCpuMs(pids.flatMap(readProcessTimes), root);
}

function readProcessTimes(pid: string): ProcessTimes[] {
  try {
    return [parseProcessTimes(readFileSync(`/proc/${pid}/stat`, 'utf8'))];
  } catch {
    // It has ended.
    return [];
  }
}
