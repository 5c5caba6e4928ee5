/** The commands of the README, pasted into a shell one after the other. Touches the world: reads the README, starts a shell. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '../..');
const endMsMax = 240_000;

/** The blocks of the README that are for a shell, in order. */
export function readmeBlocks(): string[] {
  const readme = readFileSync(join(repository, 'README.md'), 'utf8');
  return [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block!);
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script as a shell that ends at its first failure, in the folder of the repository. */
export function runShell(script: string, env: NodeJS.ProcessEnv): Promise<Ran> {
  const shell = spawn('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd: repository,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: endMsMax,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  shell.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  shell.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => shell.on('close', (status) => resolve({ status, stdout, stderr })));
}
