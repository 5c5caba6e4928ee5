/** The README's commands, pasted one after the other into a shell, do what it says. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { startCluster } from '../cluster/start.ts';

const repository = join(import.meta.dirname, '../..');
const readme = readFileSync(join(repository, 'README.md'), 'utf8');
const endMsMax = 120_000;

/** The blocks that are for a shell, in order. */
function shellBlocks(text: string): string[] {
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block!);
}

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(script: string, env: NodeJS.ProcessEnv): Promise<Ran> {
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

interface Answer {
  readonly error?: unknown;
  readonly complete?: boolean;
  readonly hits?: { readonly total: { readonly value: number } };
  readonly aggregations?: Readonly<Record<string, { readonly buckets: readonly unknown[] }>>;
}

function assertFound(answer: Answer, line: string): void {
  assert.equal(answer.error, undefined, line);
  if (answer.hits === undefined) return;
  assert.equal(answer.complete, true, line);
  assert(answer.hits.total.value > 0, `nothing found: ${line}`);
  for (const { buckets } of Object.values(answer.aggregations ?? {})) assert(buckets.length > 0, `no buckets: ${line}`);
}

test('README: its commands work when they are pasted together', async (t) => {
  const [start, ...blocks] = shellBlocks(readme);
  // What installs and starts stands for itself: `npm start` is `sheaf up --demo`, which runs here on other ports.
  assert.match(start!, /^npm ci && npm start .*\n^npm ci && npm test/m);
  const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  assert.equal(scripts.start, 'node sheaf.js up --demo');
  assert(blocks.length >= 3, `only ${blocks.length} blocks`);

  const cluster = await startCluster({ leaves: 2, demo: true });
  t.after(() => cluster.stop());
  await cluster.printed('Ctrl-C');
  const script = blocks.join('\n').replaceAll(/(?:127\.0\.0\.1|localhost):7700/g, `127.0.0.1:${cluster.port}`);
  const env = {
    ...process.env,
    PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
    SHEAF_URL: cluster.url,
    SHEAF_DATA: cluster.data,
  };
  // Answers have no line end of their own, and a terminal shows them one after the other.
  const { status, stdout, stderr } = await run(`curl() { command curl "$@"; echo; }\n${script}`, env);
  assert.equal(status, 0, `${stdout}\n${stderr}`);

  const answers = stdout.split('\n').filter((line) => /^\{.*\}$/.test(line));
  for (const line of answers) assertFound(JSON.parse(line) as Answer, line);
  assert.equal(answers.filter((line) => line.includes('"hits"')).length, 3, stdout);
  assert.match(stdout, /11 accepted, 0 rejected/);
  assert.match(stdout, /2 replicas of each/);
  assert.match(stdout, /The Night of the Hunter/);
  assert.match(stdout, /4 leaves, [\d.]+ s/);
});
