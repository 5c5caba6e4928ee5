/**
 * A cluster of two roots and two leaves under steady queries and writes, while its leaves are scaled up and down, killed,
 * and rolled. Each change can be measured beside a control: as many processes started that have nothing to do with the cluster.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoSchema } from '../../../command/demo/demo.ts';
import { readWordnet } from '../../../command/demo/wordnet.ts';
import { createRandom } from '../../../shared/random/random.ts';
import { startCluster, type Cluster } from '../../cluster/start.ts';
import { must } from '../../service/client.ts';
import { ReadyRoots } from './ready-roots.ts';
import { Traffic } from './traffic.ts';

export interface ScaleOptions {
  readonly documents: number;
  readonly shards: number;
  /** Leaves at the widest. */
  readonly leavesMax: number;
  /** Each change is measured for at least so long. */
  readonly phaseMsMin: number;
  /** In place of every process of its kind one is killed or rolled, and nothing is measured beside a control. */
  readonly isShort: boolean;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface Phase {
  readonly name: string;
  /** Until everything was ready again. */
  readonly tookMs: number;
  readonly latenciesMs: readonly number[];
  /** Requests that were answered with 429 and sent again when that said. */
  readonly putOff: number;
  readonly faults: readonly string[];
}

export interface ScaleResult {
  readonly phases: readonly Phase[];
  /** From the start of each leaf that was added until it served all it should. */
  readonly servesAfterMs: readonly number[];
  readonly acknowledged: number;
  /** Acknowledged writes that are not there. */
  readonly lost: readonly string[];
}

interface Page {
  readonly leaves: readonly {
    readonly name: string;
    readonly state: string;
    readonly draining: boolean;
    readonly incarnation: number;
  }[];
  readonly indexes: readonly {
    readonly shards: number;
    readonly replicas: number;
    readonly replicasMissing: { readonly notReady: number; readonly noLeaf: number };
    readonly replicasReported: readonly { readonly leaf: string; readonly state: string }[];
  }[];
}

const index = 'wordnet';
const script = fileURLToPath(new URL('../../../sheaf.ts', import.meta.url));
const settledMsMax = 120_000;
const leavesMin = 2;

export async function runScale(options: ScaleOptions): Promise<ScaleResult> {
  // Closed in turn wherever it ends: who asks first, then who is asked.
  await using open = new AsyncDisposableStack();
  const cluster = await startCluster({ leaves: leavesMin, args: ['--roots', '2', '--linger-ms', '2000'] });
  open.defer(() => cluster.stop());
  const urls = [cluster.url, `http://127.0.0.1:${cluster.port + 2}`];
  const random = createRandom(options.seed);
  const roots = open.adopt(new ReadyRoots(urls, () => random.next()), (each) => each.close());
  await load(cluster.url, options);
  const traffic = open.adopt(new Traffic(roots, index), (each) => each.stop());
  const run = new Run({ cluster, urls, traffic, options });
  await run.settled(leavesMin);
  await traffic.start();
  await run.all();
  await traffic.stop();
  return { ...run.result, acknowledged: traffic.acknowledgedCount, lost: await traffic.lost() };
}

/** Every n-th document of WordNet, so many that they are as many as asked. */
async function load(url: string, { documents, shards }: ScaleOptions): Promise<void> {
  await must('PUT', `${url}/v1/indexes/${index}`, { shards, replicas: 2, schema: demoSchema });
  let lines: string[] = [];
  let seen = 0;
  let taken = 0;
  const send = async (): Promise<void> => {
    await must('POST', `${url}/v1/indexes/${index}/documents?key=id&refresh=wait`, lines.join(''));
    lines = [];
  };
  for await (const synset of readWordnet()) {
    if (Math.floor((++seen * documents) / 117_791) === taken) continue;
    taken++;
    if (lines.push(`${JSON.stringify(synset)}\n`) === 5000) await send();
  }
  if (lines.length > 0) await send();
}

interface RunParts {
  readonly cluster: Cluster;
  readonly urls: readonly string[];
  readonly traffic: Traffic;
  readonly options: ScaleOptions;
}

class Run {
  readonly result: { readonly phases: Phase[]; readonly servesAfterMs: number[] } = { phases: [], servesAfterMs: [] };
  private readonly parts: RunParts;

  constructor(parts: RunParts) {
    this.parts = parts;
  }

  async all(): Promise<void> {
    const { leavesMax, isShort } = this.parts.options;
    const added = leavesMax - leavesMin;
    await this.phase('nothing', () => Promise.resolve());
    if (!isShort) await this.phase(`control: ${added} processes start`, () => startUnrelated(added));
    await this.phase(`scale ${leavesMin} to ${leavesMax}`, () => this.scaleUp(leavesMax));
    await this.phase(`scale ${leavesMax} to ${leavesMin}`, () => this.scale(leavesMin));
    if (!isShort) await this.phase('control: 1 process starts', () => startUnrelated(1));
    const leaves = Array.from({ length: leavesMin }, (_, leaf) => `leaf-${leaf}`);
    const of = (names: readonly string[]): readonly string[] => (isShort ? names.slice(0, 1) : names);
    for (const leaf of of(leaves)) await this.phase(`kill -9 ${leaf}`, () => this.restart(leaf, 'SIGKILL'));
    for (const leaf of of(leaves.toReversed())) await this.phase(`roll ${leaf}`, () => this.restart(leaf, 'SIGTERM'));
    for (const root of of(['root-1', 'root'])) await this.phase(`roll ${root}`, () => this.restart(root, 'SIGTERM'));
  }

  /** Resolves when every root sees so many leaves, and every replica ready on the leaves it belongs to. */
  async settled(leaves: number): Promise<void> {
    const startedAt = performance.now();
    let last = '';
    while (performance.now() - startedAt < settledMsMax) {
      last = (await Promise.all(this.parts.urls.map((url) => unsettled(url, leaves)))).join('; ');
      if (last === '; ') return;
      await sleep(50);
    }
    throw new Error(`not settled after ${settledMsMax} ms: ${last}`);
  }

  private async phase(name: string, change: () => Promise<void>): Promise<void> {
    const { traffic, options } = this.parts;
    await sleep(500);
    traffic.take();
    const startedAt = performance.now();
    await change();
    const tookMs = performance.now() - startedAt;
    await sleep(Math.max(500, options.phaseMsMin - tookMs));
    const { latenciesMs, putOff, faults } = traffic.take();
    this.result.phases.push({ name, tookMs, latenciesMs, putOff, faults });
    options.say(`${name}: ${(tookMs / 1000).toFixed(1)} s, ${latenciesMs.length} queries, ${faults.length} faults`);
    for (const fault of faults.slice(0, 3)) options.say(`  ${fault}`);
  }

  private async scaleUp(leaves: number): Promise<void> {
    const servesAfter = new Map<string, number>();
    const done = new AbortController();
    const startedAt = performance.now();
    const watching = (async (): Promise<void> => {
      while (!done.signal.aborted) {
        for (const name of await serving(this.parts.cluster.url)) {
          if (!servesAfter.has(name)) servesAfter.set(name, performance.now() - startedAt);
        }
        await sleep(20);
      }
    })();
    // Told where it is waited for.
    watching.catch(() => undefined);
    try {
      await this.scale(leaves);
    } finally {
      done.abort();
      await watching;
    }
    for (let leaf = leavesMin; leaf < leaves; leaf++) this.result.servesAfterMs.push(servesAfter.get(`leaf-${leaf}`)!);
  }

  private async scale(leaves: number): Promise<void> {
    const { cluster } = this.parts;
    await new Promise<void>((resolve, reject) => {
      const args = [script, 'scale', '--data', cluster.data, '--leaves', String(leaves)];
      execFile(process.execPath, args, (error, stdout) =>
        error === null ? resolve() : reject(new Error(stdout, { cause: error })),
      );
    });
    await this.settled(leaves);
  }

  private async restart(name: string, signal: NodeJS.Signals): Promise<void> {
    const { cluster, urls } = this.parts;
    const before = cluster.pids()[name];
    const incarnations = await Promise.all(urls.map(incarnationsOf));
    cluster.signal(name, signal);
    const isBack = async (): Promise<boolean> => {
      const pid = cluster.pids()[name];
      if (pid === undefined || pid === before) return false;
      if (!name.startsWith('leaf')) return true;
      const now = await Promise.all(urls.map(incarnationsOf));
      return now.every((each, i) => each.get(name) !== undefined && each.get(name) !== incarnations[i]!.get(name));
    };
    const startedAt = performance.now();
    while (!(await isBack().catch(() => false))) {
      if (performance.now() - startedAt > settledMsMax) throw new Error(`${name} is not back after ${settledMsMax} ms`);
      await sleep(20);
    }
    await this.settled(leavesMin);
  }
}

/** What is not yet as it should be, as one root sees it; '' when all is. */
async function unsettled(url: string, leaves: number): Promise<string> {
  try {
    if (!(await fetch(`${url}/v1/health/ready`)).ok) return 'not ready';
    const page = await must<Page>('GET', `${url}/v1/cluster`);
    const up = page.leaves.filter(({ state, draining }) => state === 'up' && !draining).length;
    if (up !== leaves || page.leaves.length !== leaves) return `${up} of ${leaves} leaves`;
    const { shards, replicas, replicasMissing, replicasReported } = page.indexes[0]!;
    const ready = replicasReported.filter(({ state }) => state === 'ready').length;
    const isWhole = replicasMissing.notReady + replicasMissing.noLeaf === 0;
    return isWhole && ready === replicasReported.length && ready === shards * replicas
      ? ''
      : `${ready} of ${shards * replicas} replicas, ${replicasReported.length} reported`;
  } catch (error) {
    return String(error);
  }
}

/** Leaves all of whose replicas are ready, and that have some. */
async function serving(url: string): Promise<string[]> {
  const { leaves, indexes } = await must<Page>('GET', `${url}/v1/cluster`);
  return leaves
    .map(({ name }) => name)
    .filter((name) => {
      const own = indexes[0]!.replicasReported.filter(({ leaf }) => leaf === name);
      return own.length > 0 && own.every(({ state }) => state === 'ready');
    });
}

async function incarnationsOf(url: string): Promise<Map<string, number>> {
  const { leaves } = await must<Page>('GET', `${url}/v1/cluster`);
  return new Map(leaves.map(({ name, incarnation }) => [name, incarnation]));
}

/** Leaves of another cluster, whose log is not there: they start as those of this one do, and end. */
async function startUnrelated(count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const data = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
      const args = [script, 'leaf', '--name', `stranger-${i}`, '--port', '0', '--log', '127.0.0.1:9', '--data', data];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
      const exited = once(child, 'exit');
      try {
        await Promise.race([once(child, 'message'), exited]);
        await sleep(1000);
      } finally {
        child.kill('SIGTERM');
        await exited;
        rmSync(data, { recursive: true });
      }
    }),
  );
}
