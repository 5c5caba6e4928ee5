/**
 * The read path of a root without its HTTP, in a process of its own so that its CPU is its own: searches, by frames or
 * by undici requests, and prints what CPU that took. `node fan-out.ts ORDER`, where the order is JSON.
 */
import { findIndex, type CatalogState } from '../../shared/catalog/catalog.ts';
import { systemClock } from '../../shared/clock/clock.ts';
import { systemTimers } from '../../shared/clock/timers.ts';
import { readSecret } from '../../shared/secret/secret-file.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import type { Address } from '../../shared/transport/address.ts';
import { HeadBook } from '../../root/freshness/head-book.ts';
import { ReplicaLags } from '../../root/freshness/replica-lags.ts';
import { Membership } from '../../root/membership/membership.ts';
import { rootKinds } from '../../root/kinds/root-kinds.ts';
import { composeReadPath } from '../../root/plan/compose-read-path.ts';
import { parseSearchBody } from '../../root/query/parse-search-body.ts';
import { Defence } from '../../root/scatter/defence.ts';
import { search } from '../../root/search.ts';
import { UndiciLeaves } from './undici-leaves.ts';

export interface FanOutOrder {
  /** How tasks travel; everything else is the same. */
  readonly transport: 'frames' | 'undici';
  /** Name of the index. */
  readonly index: string;
  readonly leaves: readonly { readonly name: string; readonly address: Address }[];
  /** File with the secret of the cluster. */
  readonly secretFile: string;
  readonly queries: number;
  /** Queries under way at once. */
  readonly concurrency: number;
  /** Bodies of searches, in turn. */
  readonly bodies: readonly string[];
  /** How sources are held back; as usual where absent. Infinity comes as null. */
  readonly holding?: {
    readonly hitsMin: number | null;
    readonly deviations: number;
    readonly extra: number;
    readonly deepFrom: number;
    readonly learns: boolean;
  };
}

export interface FanOutResult {
  /** CPU of the process per query. */
  readonly cpuMicros: number;
  readonly queriesPerSecond: number;
  /** Tasks answered per query: a fan-out that asked fewer leaves than it should would look cheap. */
  readonly tasksPerQuery: number;
  /** Bytes of keys and sources received per query. */
  readonly bytesPerQuery: number;
  /** Tasks that fetched per query. */
  readonly fetchesPerQuery: number;
}

const readyMsMax = 10_000;
const defaults = { timeoutMs: 5000, timeoutMsMax: 60_000, coverageMin: 1 };

async function main(order: FanOutOrder): Promise<FanOutResult> {
  const clock = systemClock;
  const secret = readSecret(order.secretFile);
  const defence = new Defence({ hedging: false, onHedges: () => undefined });
  let catalog: CatalogState | undefined;
  const heads = new HeadBook();
  const membership = new Membership({
    clock,
    random: Math.random,
    book: defence.book,
    telemetry: silentTelemetry,
    secret,
    lags: new ReplicaLags(heads, () => undefined),
    onCatalog: (state) => (catalog = state),
  });
  membership.setPlaces(order.leaves);
  const known = (): boolean => {
    const found = catalog && findIndex(catalog, order.index);
    if (found === undefined) return false;
    return membership.readyOwners(found.id, found.shards).every((owners) => owners.length > 0);
  };
  if (!(await membership.waitUntil(known, readyMsMax))) throw new Error('the leaves do not report their shards');
  const index = findIndex(catalog!, order.index)!;
  const undici = order.transport === 'undici' ? new UndiciLeaves(order.leaves, secret, order.concurrency) : null;
  const leaves = undici ?? membership;
  let tasks = 0;
  let bytes = 0;
  let fetches = 0;
  const counted: typeof membership.send = (leaf, task, onOutcome) => {
    tasks++;
    if (task.kind === 'fetch') fetches++;
    return leaves.send(leaf, task, (outcome) => {
      if (outcome.ok) bytes += outcome.body.length;
      onOutcome(outcome);
    });
  };
  const readPath = composeReadPath({
    clock,
    timers: systemTimers(clock),
    random: Math.random,
    leaves: { send: counted },
    directory: membership,
    heads,
    defence,
  });
  const root = { ...readPath, kinds: rootKinds };
  const requests = order.bodies.map((body) => parseSearchBody(JSON.parse(body), index.schema, defaults));
  const { holding } = order;
  const searchDefaults = {
    ...defaults,
    ...(holding === undefined ? {} : { holding: { ...holding, hitsMin: holding.hitsMin ?? Infinity } }),
  };
  const { signal } = new AbortController();
  const ask = async (queries: number): Promise<void> => {
    let next = 0;
    const loop = async (): Promise<void> => {
      while (next < queries) {
        const request = requests[next++ % requests.length]!;
        await search(root, searchDefaults, index, request, { arrivedAt: clock.now(), signal, trace: null });
      }
    };
    await Promise.all(Array.from({ length: order.concurrency }, loop));
  };

  await ask(Math.ceil(order.queries / 2));
  [tasks, bytes, fetches] = [0, 0, 0];
  const startedAt = clock.now();
  const before = process.cpuUsage();
  await ask(order.queries);
  const { user, system } = process.cpuUsage(before);
  const tookMs = clock.now() - startedAt;
  membership.close();
  await undici?.close();
  return {
    cpuMicros: (user + system) / order.queries,
    queriesPerSecond: (1000 * order.queries) / tookMs,
    tasksPerQuery: tasks / order.queries,
    bytesPerQuery: bytes / order.queries,
    fetchesPerQuery: fetches / order.queries,
  };
}

process.stdout.write(JSON.stringify(await main(JSON.parse(process.argv[2]!) as FanOutOrder)));
