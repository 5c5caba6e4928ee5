/** Workers of lanes over a log and a Kafka in memory, for tests: no leaf, no thread, no time. */
import type { SourceSpec } from '../../shared/catalog/definition.ts';
import { readEntries } from '../../shared/log/batch.ts';
import type { Log } from '../../shared/log/log.ts';
import type { MemoryLog } from '../../shared/log/memory.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import { IncrementReader } from '../../shared/rollup/read-increment.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { planValidation } from '../../shared/schema/validate.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';
import { defineIndex } from '../catalog/define-index.ts';
import type { RootKinds } from '../kinds/root-kind.ts';
import { packMessages } from '../route/messages.ts';
import { ParseJob } from '../route/parse-job.ts';
import { WriteJob } from '../route/write-job.ts';
import type { WriteJobs } from '../route/write-jobs.ts';
import { putSource } from './define-source.ts';
import { LaneWorker, type LaneDependencies } from './lane-worker.ts';
import { SourceBook } from './source-book.ts';
import type { SourceCluster } from './source-cluster.ts';

/** An index of this name is a roll-up. */
export const rollupName = 'sums';

export const orders: SourceSpec = {
  name: 'orders',
  brokers: ['127.0.0.1:1'],
  topic: 'orders',
  index: 'orders',
  key: { of: 'message' },
  add: {},
  from: 'earliest',
  deadLetters: 'dead',
};

/** What tests make for themselves. */
export interface Made {
  readonly catalogOf: (log: Log) => CatalogCopy;
  readonly kinds: RootKinds;
}

/** What a root has. @param log as it reaches the log; the index and the source are there already, or are made */
export async function openGround(
  { catalogOf, kinds }: Made,
  log: Log,
  source: SourceSpec = orders,
  schema: unknown = { fields: { n: { kind: 'integer' } } },
) {
  const catalog = catalogOf(log);
  const book = new SourceBook(log, silentTelemetry);
  if (schema !== null) {
    const kind = source.index === rollupName ? 'rollup' : 'document';
    await defineIndex(catalog, source.index, parseIndexBody({ kind, shards: 2, schema }));
  }
  const { source: defined } = await putSource(catalog, source);
  let nowMs = 0;
  const ground: LaneDependencies = {
    book,
    log,
    catalog,
    directory: { stopsOf: () => [] },
    kinds,
    writeJobs: { runMessages: inline(log) },
    writeGate: { ofRequest: () => () => null },
    ordinals: { check: async () => Promise.resolve() },
    clock: { now: () => nowMs },
    timers: {
      at: (at, callback) => {
        const turn = setImmediate(() => {
          nowMs = Math.max(nowMs, at);
          callback();
        });
        return { cancel: () => clearImmediate(turn) };
      },
      afterReading: () => ({ cancel: () => undefined }),
    },
    telemetry: silentTelemetry,
    timeOfDay: () => 0,
    onStep: () => undefined,
  };
  const close = (): void => {
    catalog.close();
    book.close();
  };
  return { ...ground, source: defined, close };
}

export type Ground = Awaited<ReturnType<typeof openGround>>;

/** A worker whose lease is always held, as if leases failed: whoever else works at the lane is not seen. */
export function startWorker(ground: Ground, cluster: SourceCluster, lane: number) {
  const controller = new AbortController();
  const { name, id } = ground.source;
  const token = { log: 'memory', offset: 0, holder: 'test' };
  const lease = {
    name: 'lane',
    token,
    signal: new AbortController().signal,
    isHeld: () => true,
    require: () => token,
    release: () => undefined,
  };
  const ended = new LaneWorker(ground, cluster, { name, id, lane }, lease, controller.signal).run();
  return { ended, stop: () => controller.abort(new Error('stopped')) };
}

/** What the log has of the index, in the order of its entries: `put k {"n":1}`, `delete k`. */
export async function writtenTo(log: MemoryLog, { catalog }: Pick<Ground, 'catalog'>, name: string): Promise<string[]> {
  const index = await catalog.find(name);
  const all = Array.from({ length: index.shards }, async (_, shard) => {
    const partition = partitionOf(index, shard);
    const [head] = await log.heads([partition]);
    if (head! < 0) return [];
    const { promise, resolve } = Promise.withResolvers<string[]>();
    const found: string[] = [];
    const subscription = log.subscribe(partition, 0, ({ firstOffset, count, bytes }) => {
      for (const { kind, key, body } of readEntries(bytes))
        found.push(`${kind} ${key} ${Buffer.from(body).toString()}`.trim());
      if (firstOffset + count > head!) resolve(found);
    });
    const read = await promise;
    subscription.close();
    return read;
  });
  return (await Promise.all(all)).flat();
}

/** Parsed in no other thread. */
function inline(log: Log): WriteJobs['runMessages'] {
  return async (options, { messages, rules }, target) => {
    const job = new WriteJob({ log, ...target }, (now) => parse.receive({ kind: 'resume', job: 1, ...now }));
    const { index, entries } = options;
    const increments = entries.are === 'increments' ? new IncrementReader(entries.of) : null;
    const plansOf = () => ({ plan: planValidation(index.schema), increments });
    const world = {
      plansOf,
      randomKey: () => 'random',
      post: (message: Parameters<WriteJob['receive']>[0]) => job.receive(message),
    };
    const parse = new ParseJob(world, 1, options);
    parse.receive({ kind: 'messages', job: 1, packed: packMessages(messages), rules });
    parse.receive({ kind: 'end', job: 1 });
    return await job.finish();
  };
}
