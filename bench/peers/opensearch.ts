/**
 * OpenSearch as a process of its own, one node on loopback. Maven brings its jars (opensearch/pom.xml), a JDK runs them.
 * Touches the world: processes, a temporary folder, sockets.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../tests/cluster/free-port.ts';
import type { FieldDefinition, IndexSchema } from '../../shared/schema/schema.ts';
import { BenchClient } from '../service/bench-client.ts';
import { fetchJars, findJdk, hasMaven } from './java.ts';

const jdkMin = 21;
const heap = '1g';
const startMsMax = 300_000;
const sources = join(import.meta.dirname, 'opensearch');
const cache = join(import.meta.dirname, '../../node_modules/.cache/opensearch');

/** What belongs beside every figure. */
export interface OpenSearchFacts {
  readonly version: string;
  readonly jvm: string;
  readonly heapBytes: number;
  readonly collectors: string;
}

/** How often caches of the node have answered, since it started. */
export interface CacheHits {
  /** Whole answers. */
  readonly request: number;
  /** Documents that a filter matches, by segment. */
  readonly filters: number;
}

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

  /** @returns null, having said so and how to come by it, where what runs it is missing @throws Error when it does not start */
  static async start(): Promise<OpenSearch | null> {
    const jdk = findJdk(jdkMin);
    if (jdk === null || !hasMaven()) {
      const missing = jdk === null ? `a JDK of ${jdkMin} or newer (JAVA_HOME, or in /usr/lib/jvm)` : 'Maven (mvn)';
      process.stderr.write(
        `\n*** OpenSearch is left out. It needs ${missing}: on Debian, apt install default-jdk maven ***\n\n`,
      );
      return null;
    }
    const lib = fetchJars(join(sources, 'pom.xml'), cache);
    const folder = mkdtempSync(join(tmpdir(), 'sheaf-bench-opensearch-'));
    const [port, transportPort] = [await freePort(), await freePort()];
    const args = [`-Xms${heap}`, `-Xmx${heap}`, '-XX:+UseG1GC', '--add-modules=jdk.incubator.vector'];
    args.push('--enable-native-access=ALL-UNNAMED', '-Dlog4j.shutdownHookEnabled=false', '-Dlog4j2.disable.jmx=true');
    args.push(`-Dlog4j2.configurationFile=${join(sources, 'log4j2.properties')}`, '-cp', join(lib, '*'));
    args.push(join(sources, 'OneNode.java'), folder, String(port), String(transportPort));
    // It ends when its input does: however the benchmark ends, nothing is left behind.
    const child = spawn(join(jdk, 'bin/java'), args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const started = new OpenSearch(child, new BenchClient(`http://127.0.0.1:${port}`, 4), folder);
    try {
      await printed(child, 'STARTED');
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  async facts(): Promise<OpenSearchFacts> {
    const { version } = (await this.get('/')) as { version: { number: string } };
    const { nodes } = (await this.get('/_nodes/jvm')) as { nodes: Record<string, { jvm: JvmFacts }> };
    const [{ jvm }] = Object.values(nodes) as [{ jvm: JvmFacts }];
    return {
      version: version.number,
      jvm: `${jvm.vm_name} ${jvm.version}`,
      heapBytes: jvm.mem.heap_max_in_bytes,
      collectors: jvm.gc_collectors.join(', '),
    };
  }

  /** A setting of an index, that which holds where nothing was said. @param name dotted, such as `index.refresh_interval` */
  async setting(index: string, name: string): Promise<string> {
    const path = `/${index}/_settings/${name}?include_defaults=true&flat_settings=true`;
    const [found] = Object.values((await this.get(path)) as Record<string, Record<string, Record<string, string>>>);
    return found!['settings']![name] ?? found!['defaults']![name] ?? 'unset';
  }

  async cacheHits(): Promise<CacheHits> {
    const { _all: all } = (await this.get('/_stats/request_cache,query_cache')) as {
      _all: { total: Record<'request_cache' | 'query_cache', { hit_count: number }> };
    };
    return { request: all.total.request_cache.hit_count, filters: all.total.query_cache.hit_count };
  }

  private async get(path: string): Promise<unknown> {
    return JSON.parse(await this.client.ask('GET', path));
  }

  /** An index without replicas, whose answers are not kept. */
  async create(index: string, shards: number, { dynamic, fields }: IndexSchema): Promise<void> {
    const mappings = { dynamic, properties: propertiesOf(fields) };
    const settings = { number_of_shards: shards, number_of_replicas: 0, 'requests.cache.enable': false };
    await this.client.ask('PUT', `/${index}`, JSON.stringify({ settings, mappings }));
  }

  /** @param lines a document each @param ids theirs, made up where they are left out @throws Error where one was not taken */
  async write(index: string, lines: readonly string[], ids?: readonly string[]): Promise<void> {
    const actionOf = (at: number): string => (ids === undefined ? '{}' : JSON.stringify({ _id: ids[at] }));
    const body = lines.map((line, at) => `{"index":${actionOf(at)}}\n${line}\n`).join('');
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
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGTERM');
      await once(this.process, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface JvmFacts {
  readonly version: string;
  readonly vm_name: string;
  readonly mem: { readonly heap_max_in_bytes: number };
  readonly gc_collectors: readonly string[];
}

/** Kinds of fields have the same names on both sides. Pure. */
function propertiesOf(fields: Readonly<Record<string, FieldDefinition>>): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { kind, fields: others }]) => {
      return [name, { type: kind, ...(others === undefined ? {} : { fields: propertiesOf(others) }) }];
    }),
  );
}

/** @throws Error when it ends before, or takes too long */
async function printed(child: ChildProcess, word: string): Promise<void> {
  const over = new AbortController();
  const timeout = setTimeout(() => over.abort(), startMsMax);
  let text = '';
  try {
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        text = `${text}${chunk.toString()}`.slice(-4000);
        if (text.includes(word)) resolve();
      };
      child.stdout!.on('data', read);
      child.stderr!.on('data', read);
      child.on('error', reject);
      child.on('exit', () => reject(new Error(`OpenSearch has ended: ${text}`)));
      over.signal.addEventListener('abort', () => reject(new Error(`OpenSearch is not ready: ${text}`)));
    });
  } finally {
    clearTimeout(timeout);
  }
}
