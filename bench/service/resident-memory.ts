/** The memory that processes hold, by name. Touches the world: /proc, so Linux only; elsewhere nothing is known. */
import { readFileSync } from 'node:fs';
import type { Cluster } from '../../tests/cluster/start.ts';

/** Resident bytes by name of process; one that cannot be read is left out. */
export function readResidentBytes(cluster: Pick<Cluster, 'pids'>): Record<string, number> {
  const bytes: Record<string, number> = {};
  for (const [name, pid] of Object.entries(cluster.pids())) {
    try {
      bytes[name] = parseResident(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      // It has ended.
    }
  }
  return bytes;
}

/** Bytes of the line VmRSS of /proc/PID/status (proc(5)); 0 where there is none. Pure. */
export function parseResident(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}
