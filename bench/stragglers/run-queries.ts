/** Many queries by the real scatter and its real defences, over virtual time: leaves that differ only by chance. */
import { Defence } from '../../root/scatter/defence.ts';
import { driveScatter, type LeafPort, type TaskOutcome } from '../../root/scatter/drive.ts';
import { rankReplicas, type LeafView } from '../../root/scatter/replica-choice.ts';
import type { RefreshTask } from '../../shared/protocol/tasks/refresh.ts';
import type { Partial, PartialOf, Task } from '../../shared/protocol/tasks/tasks.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { VirtualTime } from '../../tests/simulation/virtual-time.ts';
import type { ServiceTimes } from './service-times.ts';

export interface RunOptions {
  readonly leaves: number;
  readonly replicas: number;
  readonly queries: number;
  readonly hedging: boolean;
  readonly seed: number;
  readonly times: ServiceTimes;
}

export interface RunResult {
  /** Of each query, in milliseconds. */
  readonly latenciesMs: Float64Array;
  /** Tasks beyond one for each leaf and query, as a share of those. */
  readonly extraShare: number;
}

const timeoutMs = 60_000;
/** Queries before those that count: the delays have to be learned. */
const warmUpQueries = 100;
/** Between two queries: long enough that they seldom meet, since the leaves have no queue. */
const spacingMs = 20;

export async function runQueries(options: RunOptions): Promise<RunResult> {
  const { leaves, replicas, queries, hedging, seed } = options;
  const time = new VirtualTime();
  const random = createRandom(seed);
  const defence = new Defence({ hedging, onHedges: () => undefined });
  const port = new ChancePort(time, random, {
    times: options.times,
    onSend: (leaf) => defence.book.heard(leaf, time.now()),
  });
  const root = { clock: time, timers: time, leaves: port, defence };
  const latenciesMs = new Float64Array(queries);
  const names = Array.from({ length: leaves }, (_, i) => `leaf-${i}`);
  // Shard i is on leaves i, i + 1, …: every leaf has as many.
  const ownersOf = (shard: number): string[] =>
    Array.from({ length: Math.min(leaves, replicas) }, (_, i) => names[(shard + i) % leaves]!);

  let sentBefore = 0;
  const ask = async (number: number): Promise<void> => {
    const askedAt = time.now();
    if (number === warmUpQueries) sentBefore = port.sent;
    const views = new Map<string, LeafView>(names.map((name) => [name, defence.book.view(name, askedAt)]));
    const owners = new Map(names.map((_, shard) => [shard, ownersOf(shard).map((name) => views.get(name)!)]));
    // One task for each leaf, as in the article: the first owner is asked, the others are there for hedges.
    const candidates = new Map([...owners].map(([shard, each]) => [shard, [each[0]!.name, ...othersOf(each, random)]]));
    await driveScatter<RefreshTask>(root, {
      candidates,
      deadline: askedAt + timeoutMs,
      coverageMin: 1,
      taskClass: 'simulated',
      signal: new AbortController().signal,
      makeTask: (shards, remainingMs) => ({ kind: 'refresh', index: 'x0', shards, remainingMs }),
    });
    if (number >= warmUpQueries) latenciesMs[number - warmUpQueries] = time.now() - askedAt;
  };
  for (let number = 0; number < queries + warmUpQueries; number++) {
    time.at(number * spacingMs, () => void ask(number));
  }
  await time.runUntil(Infinity);
  const first = queries * leaves;
  return { latenciesMs, extraShare: (port.sent - sentBefore - first) / first };
}

function othersOf(owners: readonly LeafView[], random: Random): string[] {
  return rankReplicas(new Map([[0, owners.slice(1)]]), () => random.next()).get(0)!;
}

interface ChanceOptions {
  readonly times: ServiceTimes;
  readonly onSend: (leaf: string) => void;
}

/** Leaves whose time for a task is left to chance, and that serve any number of tasks at once. */
class ChancePort implements LeafPort {
  sent = 0;
  private readonly time: VirtualTime;
  private readonly random: Random;
  private readonly options: ChanceOptions;

  constructor(time: VirtualTime, random: Random, options: ChanceOptions) {
    this.time = time;
    this.random = random;
    this.options = options;
  }

  send<T extends Task>(leaf: string, task: T, onOutcome: (outcome: TaskOutcome<T>) => void): { cancel: () => void } {
    this.sent++;
    // Its heartbeats are taken for granted.
    this.options.onSend(leaf);
    const base = { shards: task.shards, failures: [], documents: 0, offsets: {} };
    const partial: Partial = { kind: 'refresh', ...base };
    const outcome = { ok: true, partial: partial as PartialOf<T>, body: new Uint8Array(), sizeBytes: 0 } as const;
    return this.time.after(this.options.times.draw(this.random), () => onOutcome(outcome));
  }
}
