/** What the figures were measured on: the machine and the state of the code. Touches the world: os and git. */
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly node: string;
}

export function describeMachine(): Machine {
  const cores = cpus();
  return {
    cores: cores.length,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Short commit, with `+changes` when files differ from it; what benchmarks write themselves does not count. */
export function describeCommit(): string {
  const git = (...args: string[]): string => {
    return execFileSync('git', args, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  };
  try {
    const changes = git('status', '--porcelain', '--', '.', ':!bench/results', ':!README.md');
    return git('rev-parse', '--short', 'HEAD') + (changes === '' ? '' : '+changes');
  } catch {
    return 'unknown';
  }
}
