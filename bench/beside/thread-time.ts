/**
 * The CPU time of processes to the microsecond, for differences shorter than the kernel's tick of 10 ms (service/cpu-time.ts).
 * Touches the world: /proc, so Linux only.
 */
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Microseconds that the threads of a process which live now have run. Of threads that end between two readings the time is lost.
 * @throws Error where the kernel does not tell
 */
export function threadTimeUs(pid: number): number {
  let sumNs = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      // Three numbers: time on the CPU and time waiting for it in nanoseconds, and how many times it ran.
      sumNs += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0]);
    } catch (error) {
      // The thread has ended since it was listed.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && (error as NodeJS.ErrnoException).code !== 'ESRCH')
        throw error;
    }
  }
  return sumNs / 1000;
}
