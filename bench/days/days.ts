/** What a search of many daily indexes costs, with and without skipping those whose values exclude the days it asks for. */
import type { Cluster } from '../../tests/cluster/start.ts';
import { must } from '../../tests/service/client.ts';
import type { BenchContext } from '../context.ts';
import type { Findings } from '../report/report.ts';
import { cpuSince, readCpuTimes, sumOf } from '../service/cpu-time.ts';
import { withCluster } from '../service/with-cluster.ts';

export interface DaysOptions {
  readonly leaves: number;
  /** Indexes of one shard and one replica, a day each. */
  readonly days: number;
  /** Documents of a day. */
  readonly each: number;
  /** Of each kind, one after the other. */
  readonly queries: number;
}

const dayMs = 86_400_000;
const firstDay = Date.UTC(2026, 0, 1);
const fields = { at: { kind: 'date' }, message: { kind: 'text' }, level: { kind: 'keyword' } };
const levels = ['info', 'warn', 'error'];
const createdAtOnce = 16;

interface Measured {
  readonly name: string;
  readonly medianMs: number;
  readonly worstMs: number;
  /** CPU of one search. */
  readonly rootMs: number;
  readonly leavesMs: number;
  readonly answered: number;
  readonly skipped: number;
}

interface Found {
  readonly complete: boolean;
  readonly coverage: { readonly shards: { readonly answered: number; readonly skipped?: number } };
}

export async function benchDays(context: BenchContext, options: DaysOptions): Promise<Findings> {
  const { days, each, queries, leaves } = options;
  const rows: (string | number)[][] = [];
  const profiles = [];
  for (const [name, args] of [
    ['all asked', ['--skip-shards-from', '0']],
    ['skipped', []],
  ] as const) {
    const measured = await withCluster({ leaves, profile: context.profile, args }, async (cluster, begin) => {
      await fill(context, cluster, options);
      begin();
      return await measureAll(context, cluster, options);
    });
    profiles.push(...measured.profiles);
    for (const { name: kind, medianMs, worstMs, rootMs, leavesMs, answered, skipped } of measured.result) {
      rows.push([kind, name, medianMs, worstMs, rootMs, leavesMs, answered, skipped]);
    }
  }
  return {
    parameters: { days, 'documents of a day': each, leaves, queries },
    tables: [
      {
        title: 'One search of all days',
        columns: [
          'search',
          'shards',
          'median ms',
          'worst of 20 ms',
          'root CPU ms',
          'leaves CPU ms',
          'answered',
          'skipped',
        ],
        rows: rows.sort((a, b) => String(a[0]).localeCompare(String(b[0]))),
      },
      ...profiles,
    ],
    notes: [
      'One client, one search at a time, each of another day; milliseconds from the request to the end of the answer.',
    ],
  };
}

async function fill({ progress }: BenchContext, { url }: Cluster, { days, each }: DaysOptions): Promise<void> {
  let next = 0;
  const create = async (): Promise<void> => {
    for (let day = next++; day < days; day = next++) {
      progress(`days: ${day} of ${days}`);
      await must('PUT', `${url}/v1/indexes/day-${day}`, { shards: 1, replicas: 1, schema: { fields } });
      const lines = Array.from({ length: each }, (_, i) => {
        const at = firstDay + day * dayMs + Math.floor((i * dayMs) / each);
        return `${JSON.stringify({ at, message: `request ${i} done`, level: levels[i % 3] })}\n`;
      });
      await must('POST', `${url}/v1/indexes/day-${day}/documents?refresh=wait`, lines.join(''));
    }
  };
  await Promise.all(Array.from({ length: createdAtOnce }, create));
}

async function measureAll(context: BenchContext, cluster: Cluster, options: DaysOptions): Promise<Measured[]> {
  const between = (day: number, count: number): object => {
    return { range: { at: { gte: firstDay + day * dayMs, lt: firstDay + (day + count) * dayMs } } };
  };
  const kinds: [name: string, body: (day: number) => object][] = [
    ['range of a day', (day) => ({ query: between(day, 1), sort: [{ at: 'desc' }] })],
    ['range of seven days', (day) => ({ query: between(day, 7), sort: [{ at: 'desc' }] })],
    [
      'range of a day, scored',
      (day) => ({ query: { bool: { must: [{ match: { message: 'request' } }], filter: [between(day, 1)] } } }),
    ],
    [
      'range of a day, aggregated',
      (day) => ({ query: between(day, 1), size: 0, aggs: { levels: { terms: { field: 'level' } } } }),
    ],
    ['all days', () => ({ query: { range: { at: { gte: firstDay } } }, size: 10 })],
  ];
  const measured: Measured[] = [];
  for (const [name, body] of kinds) {
    context.progress(`days: ${name}`);
    measured.push({ name, ...(await measure(context, cluster, options, body)) });
  }
  return measured;
}

async function measure(
  { clock }: BenchContext,
  cluster: Cluster,
  { days, queries }: DaysOptions,
  body: (day: number) => object,
): Promise<Omit<Measured, 'name'>> {
  const tookMs: number[] = [];
  let [answered, skipped] = [0, 0];
  let cpu = readCpuTimes(cluster);
  for (let i = -Math.ceil(queries / 4); i < queries; i++) {
    if (i === 0) cpu = readCpuTimes(cluster);
    const startedAt = clock.now();
    const asked = { timeout: '30s', ...body(((i + days) * 37) % (days - 7)) };
    const found = await must<Found>('POST', `${cluster.url}/v1/indexes/day-*/search`, asked);
    if (!found.complete) throw new Error('an answer is not complete');
    // The first warm up.
    if (i < 0) continue;
    tookMs.push(clock.now() - startedAt);
    ({ answered, skipped = 0 } = found.coverage.shards);
  }
  const used = cpuSince(cpu, readCpuTimes(cluster));
  tookMs.sort((a, b) => a - b);
  const at = (share: number): number => tookMs[Math.min(tookMs.length - 1, Math.floor(share * tookMs.length))]!;
  const [rootMs, leavesMs] = [sumOf(used, 'root') / queries, sumOf(used, 'leaf') / queries];
  return { medianMs: at(0.5), worstMs: at(0.95), rootMs, leavesMs, answered, skipped };
}
