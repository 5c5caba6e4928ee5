/**
 * OpenSearch as a process of its own, started by a script that is told a folder, a port and the size of its heap, and prints STARTED. Touches the
 * world: processes, a temporary folder, sockets.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../tests/cluster/free-port.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { BenchClient } from '../service/bench-client.ts';

const heap = '1g';
const startMsMax = 300_000;

export class OpenSearch {
  readonly pid: number;
  private readonly process: ChildProcess;
  private readonly client: BenchClient;
  private readonly folder: string;

  private constructor(process: ChildProcess, client: BenchClient, folder: string) {
    this.process = process;
    this.pid = process.pid!;
    this.client = client;
    this.folder = folder;
  }

  /** @param script see above @returns null where there is no such script @throws Error when it does not start */
  static async start(script: string): Promise<OpenSearch | null> {
    if (!existsSync(script)) return null;
    const folder = mkdtempSync(join(tmpdir(), 'sheaf-bench-opensearch-'));
    const port = await freePort();
    const process = spawn(script, [folder, String(port), heap], { stdio: ['ignore', 'pipe', 'inherit'] });
    const started = new OpenSearch(process, new BenchClient(`http://127.0.0.1:${port}`, 4), folder);
    try {
      await printed(process, 'STARTED');
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  /** An index without replicas, whose answers are not kept. */
  async create(index: string, shards: number, { fields }: IndexSchema): Promise<void> {
    const properties = Object.fromEntries(Object.entries(fields).map(([name, { kind }]) => [name, { type: kind }]));
    const settings = { number_of_shards: shards, number_of_replicas: 0, 'requests.cache.enable': false };
    await this.client.ask('PUT', `/${index}`, JSON.stringify({ settings, mappings: { properties } }));
  }

  /** @param lines a document each @throws Error where one was not taken */
  async write(index: string, lines: readonly string[]): Promise<void> {
    const body = lines.map((line) => `{"index":{}}\n${line}\n`).join('');
    const text = await this.client.ask('POST', `/${index}/_bulk?filter_path=errors`, body, 'application/x-ndjson');
    if (text !== '{"errors":false}') throw new Error(`OpenSearch has not taken all documents: ${text.slice(0, 500)}`);
  }

  /** One segment a shard, as Sheaf makes of shards that are left alone. */
  async settle(index: string): Promise<void> {
    await this.client.ask('POST', `/${index}/_forcemerge?max_num_segments=1`);
    await this.client.ask('POST', `/${index}/_refresh`);
  }

  async search(index: string, body: string): Promise<string> {
    return await this.client.ask('POST', `/${index}/_search?request_cache=false`, body);
  }

  async stop(): Promise<void> {
    await this.client.close();
    if (this.process.exitCode === null) {
      this.process.kill('SIGTERM');
      await once(this.process, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** @throws Error when it ends before, or takes too long */
async function printed(process: ChildProcess, word: string): Promise<void> {
  const over = new AbortController();
  const timeout = setTimeout(() => over.abort(), startMsMax);
  let text = '';
  try {
    await new Promise<void>((resolve, reject) => {
      process.stdout!.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes(word)) resolve();
      });
      process.on('error', reject);
      process.on('exit', () => reject(new Error(`OpenSearch has ended: ${text.slice(-500)}`)));
      over.signal.addEventListener('abort', () => reject(new Error(`OpenSearch is not ready: ${text.slice(-500)}`)));
    });
  } finally {
    clearTimeout(timeout);
  }
}
