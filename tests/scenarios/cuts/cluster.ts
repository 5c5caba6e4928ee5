/** A cluster of which each process has a host of its own in a network that can be cut. Touches the world: processes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CutNetwork } from './network.ts';

const script = fileURLToPath(new URL('../../../sheaf.ts', import.meta.url));
const port = 7700;
const startMsMax = 60_000;
const endMsMax = 5000;
const leaves = ['leaf-0', 'leaf-1'] as const;

export type Host = 'log' | 'root' | (typeof leaves)[number];

export class CutCluster {
  readonly network: CutNetwork;
  readonly url: string;
  private readonly data = mkdtempSync(join(tmpdir(), 'sheaf-cuts-'));
  private readonly processes: ChildProcess[] = [];
  private readonly secretFile = join(this.data, 'secret');
  private output = '';

  constructor(network: CutNetwork) {
    this.network = network;
    this.url = `http://${network.address('root')}:${port}`;
  }

  /** Resolves when the root is ready. */
  static async start(): Promise<CutCluster> {
    const cluster = new CutCluster(new CutNetwork(['log', 'root', ...leaves]));
    try {
      await cluster.startAll();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map(ended));
    this.network.close();
    rmSync(this.data, { recursive: true, force: true });
  }

  private async startAll(): Promise<void> {
    const place = (host: Host): string => `${this.network.address(host)}:${port}`;
    writeFileSync(this.secretFile, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
    this.run('log', '--data', join(this.data, 'log'));
    for (const leaf of leaves) {
      this.run(leaf, '--name', leaf, '--log', place('log'), '--data', join(this.data, leaf));
    }
    this.run('root', '--log', place('log'), '--leaves', leaves.map((leaf) => `${leaf}=${place(leaf)}`).join(','));
    const giveUpAt = performance.now() + startMsMax;
    while (!(await isReady(this.url))) {
      if (performance.now() > giveUpAt) throw new Error(`the cluster is not ready: ${this.output}`);
      await sleep(50);
    }
  }

  private run(host: Host, ...args: readonly string[]): void {
    const [command, ...before] = this.network.at(host);
    const role = host.startsWith('leaf') ? 'leaf' : host;
    const given = [
      role,
      '--host',
      this.network.address(host),
      '--port',
      String(port),
      '--secret-file',
      this.secretFile,
      ...args,
    ];
    // Over the channel it learns of the end of this process, however that comes.
    const child = spawn(command!, [...before, process.execPath, script, ...given], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output = `${this.output}${chunk.toString()}`.slice(-20_000)));
    }
    this.processes.push(child);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/v1/health/ready`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), endMsMax);
  await end;
  clearTimeout(timer);
}
