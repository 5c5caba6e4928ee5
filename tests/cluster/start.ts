/** Starts a real cluster for a test: `sheaf up` on free ports with a data folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './port-blocks.ts';

export interface ClusterOptions {
  /** Null for what `up` takes when nothing is said. */
  readonly leaves: number | null;
  /** Of indexes that do not say it: 1, and where the demo is loaded what `up` makes of the leaves. */
  readonly replicas?: number;
  readonly demo?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** More options of `sheaf up`. */
  readonly args?: readonly string[];
  /** A folder to use and to leave behind, in place of a temporary one. */
  readonly data?: string;
  /** `sheaf.ts` of another checkout, in place of this one's. */
  readonly script?: string;
}

export interface Cluster {
  /** Of the root, without a slash at its end. */
  readonly url: string;
  /** Of the root; the log has the next, the leaves those from ten above. */
  readonly port: number;
  readonly data: string;
  readonly up: ChildProcess;
  /** What `up` printed so far. */
  output(): string;
  /** Process ids by name (`root`, `log`, `leaf-0`, …) as they are now. */
  pids(): Record<string, number>;
  signal(name: string, signal: NodeJS.Signals): void;
  /** Resolves when `up` has printed the text. */
  printed(text: string): Promise<void>;
  /** Ends everything, stopped processes too, and removes the temporary folder. A second call waits for the first. */
  stop(): Promise<void>;
}

const ownScript = fileURLToPath(new URL('../../sheaf.ts', import.meta.url));
const startMsMax = 180_000;
/** Ports that are free for leaves of a number that is not said. */
const leavesUnsaid = 8;
const pollMs = 25;

/** What is still running when the test process ends, however it ends. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const up of running) up.kill('SIGKILL');
});

/**
 * Resolves when the root is ready.
 *
 * `up` has a channel to this process and ends its children when the channel closes, so nothing outlives the tests,
 * whether or not they call `stop`.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { port, reservation } = await freePorts(options.leaves ?? leavesUnsaid);
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  const replicas = options.replicas ?? (options.demo === true ? undefined : 1);
  const given = {
    port,
    data,
    ...(options.leaves === null ? {} : { leaves: options.leaves }),
    ...(replicas === undefined ? {} : { replicas }),
  };
  const args = Object.entries(given).flatMap(([name, value]) => [`--${name}`, String(value)]);
  if (options.demo === true) args.push('--demo');
  const up = spawn(process.execPath, [options.script ?? ownScript, 'up', ...args, ...(options.args ?? [])], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...withoutSettings(process.env), ...options.env },
  });
  running.add(up);
  const cluster = clusterOf(up, { port, data, isTemporary: options.data === undefined, reservation });
  try {
    await cluster.printed('Ready:');
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** The settings of whoever runs the tests are not those of the tests. */
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('SHEAF_')));
}

interface Place {
  readonly port: number;
  readonly data: string;
  readonly isTemporary: boolean;
  /** Given up when the cluster has ended. */
  readonly reservation: Server;
}

function clusterOf(up: ChildProcess, { port, data, isTemporary, reservation }: Place): Cluster {
  let output = '';
  for (const stream of [up.stdout, up.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => up.once('exit', () => resolve()));
  let stopped: Promise<void> | undefined;
  const pids = (): Record<string, number> => {
    return JSON.parse(readFileSync(join(data, 'processes.json'), 'utf8')) as Record<string, number>;
  };
  const stop = async (): Promise<void> => {
    continueAll(pids);
    up.kill('SIGTERM');
    await ended;
    running.delete(up);
    reservation.close();
    if (isTemporary) rmSync(data, { recursive: true, force: true });
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    data,
    up,
    output: () => output,
    pids,
    signal: (name, signal) => {
      const pid = pids()[name];
      if (pid === undefined) throw new Error(`no process ${name} is running`);
      process.kill(pid, signal);
    },
    printed: (text) => untilPrinted(up, () => output, text),
    stop: () => (stopped ??= stop()),
  };
}

/** A process stopped with SIGSTOP would take its whole grace to end. */
function continueAll(pids: () => Record<string, number>): void {
  try {
    for (const pid of Object.values(pids())) process.kill(pid, 'SIGCONT');
  } catch {
    // There is no file when `up` has ended, and no process when one has just died: nothing to continue.
  }
}

async function untilPrinted(up: ChildProcess, output: () => string, text: string): Promise<void> {
  for (let waitedMs = 0; !output().includes(text); waitedMs += pollMs) {
    if (up.exitCode !== null || up.signalCode !== null) throw new Error(`sheaf up ended: ${output()}`);
    if (waitedMs > startMsMax) throw new Error(`sheaf up did not print "${text}": ${output()}`);
    await sleep(pollMs);
  }
}
