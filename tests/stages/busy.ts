/**
 * Runs tests beside busy processes, two for each core, again and again: `node tests/stages/busy.ts [times] [file…]`, three times where
 * it is not said, and of all tests those that hold something to a time where no file is. Ends with 1 at the first run that fails.
 * Touches the world: processes.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { holdsToTime, stagesOf } from './stages.ts';

const repository = join(import.meta.dirname, '../..');
/** Ends by itself when this process has. */
const busy = `while (process.ppid === ${process.pid});`;

const args = process.argv.slice(2);
const times = /^\d+$/.test(args[0] ?? '') ? Number(args.shift()) : 3;
const { unit, process: others } = stagesOf(repository);
const files = args.length > 0 ? args : [...unit, ...others].filter((file) => holdsToTime(repository, file));
const processes: ChildProcess[] = [];
try {
  for (let i = 0; i < 2 * availableParallelism(); i++) {
    processes.push(spawn(process.execPath, ['-e', busy], { stdio: 'ignore' }));
  }
  for (let run = 1; run <= times && process.exitCode !== 1; run++) {
    process.stdout.write(`run ${run} of ${times}, beside ${processes.length} busy processes\n`);
    const { status } = spawnSync(process.execPath, [join(import.meta.dirname, 'run.ts'), ...files], {
      stdio: 'inherit',
    });
    if (status !== 0) process.exitCode = 1;
  }
} finally {
  for (const child of processes) child.kill();
}
