/**
 * What a query costs beside OpenSearch, class by class: CPU of all processes and latencies, on real processes that take turns within
 * one run.
 */
import { cpus, loadavg } from 'node:os';
import type { Clock } from '../../shared/clock/clock.ts';
import { createRandom } from '../../shared/random/random.ts';
import { startCluster, type Cluster } from '../../tests/cluster/start.ts';
import type { BenchContext } from '../context.ts';
import type { Findings } from '../report/report.ts';
import type { Table } from '../report/table.ts';
import { BenchClient } from '../service/bench-client.ts';
import { others, readCpuTimes } from '../service/cpu-time.ts';
import { readTreeCpuMs } from '../service/process-tree.ts';
import { untilQuiet } from '../service/until-quiet.ts';
import { peerClasses, textFields, type PeerClass } from './classes.ts';
import { readPeerCorpus, type CorpusFiles, type CorpusName, type PeerCorpus } from './corpora.ts';
import { Draws } from './draws.ts';
import { meanLatencyMs, pairTable, shareAtRest, type ClassTurns, type Pair, type Turn } from './figures.ts';
import { checkDocuments, fillOpenSearch, fillSheaf } from './filled.ts';
import { OpenSearch } from './opensearch.ts';
import { readTotal, totalsAgree, type Total } from './totals.ts';

export interface PeersOptions extends CorpusFiles {
  /** Classes by how their names begin or what stands behind the corpus; all when empty. */
  readonly classes: readonly string[];
  readonly corpus: readonly CorpusName[];
  /** Turns of each contestant in each class. */
  readonly rounds: number;
  /** Milliseconds of CPU that a turn of the cheapest takes, about. The kernel counts in ticks of 10 ms. */
  readonly turnMs: number;
  /** Queries of each class that each contestant answers before any is measured. */
  readonly warmUp: number;
}

interface Contestant {
  readonly name: string;
  /** Of the process that has started the others. */
  readonly pid: number;
  readonly bodyOf: (body: object) => string;
  /** @throws Error when the answer is an error or not complete */
  readonly ask: (corpus: CorpusName, body: string) => Promise<string>;
}

/** A class, and what has been found of it. */
interface Measured {
  readonly asked: PeerClass;
  readonly draws: Draws;
  /** Queries of a turn. */
  queries: number;
  /** Bodies that have been asked: an answer that was given before might be remembered. */
  readonly bodies: Set<string>;
  repeated: number;
  drawn: number;
  readonly turns: Map<string, Turn[]>;
  /** By contestant, in the order of the queries. */
  readonly totals: Map<string, Total[]>;
}

const quietShare = 0.05;
/** The turn of the dearest contestant is so many times that long, at most, or fewer queries are asked. */
const dearestTurns = 8;
const queriesMin = 3;
/** With fewer, what is measured is how the JVM and V8 compile. */
const warmUpMin = 300;
/** Of a core, used by other processes: with more, queries wait and what goes on at rest is counted with them. */
const othersCoresMax = 0.3;
/** What the kernel counts CPU in. */
const tickMs = 10;
/** How often another query is drawn where one has been asked before. */
const drawsMax = 20;

const sheafFour = 'one leaf, 4 shards';
const sheafOne = 'one leaf, 1 shard';
const sheafTwo = 'two leaves as they start';
const peerFour = 'OpenSearch, 4 shards';
const peerOne = 'OpenSearch, 1 shard';

const unsound =
  `**These figures say nothing about what is asked.** They want ${warmUpMin} queries of warm-up or more, and other processes that use ` +
  `${othersCoresMax} of a core or less.`;

/** Where a query costs less than this, what is asked of Sheaf is no ratio. */
const lightUs = 600;

const pairs: readonly Pair[] = [
  {
    title: 'One leaf with 4 shards, beside OpenSearch with 4 shards',
    own: sheafFour,
    peer: peerFour,
    bound: () => ({ ratioMax: 1 }),
    mixBound: { ratioMax: 0.7 },
  },
  {
    title: 'One leaf with 1 shard, beside OpenSearch with 1 shard',
    own: sheafOne,
    peer: peerOne,
    bound: (peerUs) => (peerUs > lightUs ? { ratioMax: 1 } : { usMax: 450 }),
    mixBound: null,
  },
  {
    title: '`sheaf up --leaves 2` as it starts, 16 shards, beside OpenSearch with 1 shard',
    own: sheafTwo,
    peer: peerOne,
    bound: () => ({ ratioMax: 1.5, usMax: 700 }),
    mixBound: { ratioMax: 1.5 },
  },
];

export async function benchPeers(context: BenchContext, options: PeersOptions): Promise<Findings> {
  await using open = new AsyncDisposableStack();
  const chosen = peerClasses.filter((asked) => isChosen(asked, options));
  if (chosen.length === 0) throw new Error('no class is so named');
  const corpora = await readCorpora(context, chosen, options);
  context.progress('starting Sheaf and OpenSearch; Maven may have to bring what runs it');
  const oneLeaf = await startCluster({ leaves: 1 });
  open.defer(() => oneLeaf.stop());
  // As many replicas as `up` makes of two leaves.
  const twoLeaves = await startCluster({ leaves: 2, replicas: 2 });
  open.defer(() => twoLeaves.stop());
  const openSearch = await OpenSearch.start();
  if (openSearch !== null) open.defer(() => openSearch.stop());
  const contestants = enter({ oneLeaf, twoLeaves, openSearch }, open);

  await fill(context, { oneLeaf, twoLeaves, openSearch, corpora });
  await check(context, contestants, corpora);
  const random = createRandom(context.seed);
  const measured = chosen
    .filter(({ corpus }) => corpora.has(corpus))
    .map((asked): Measured => {
      const draws = new Draws(corpora.get(asked.corpus)!, textFields[asked.corpus], random);
      const perContestant = <T>(): Map<string, T[]> => new Map(contestants.map(({ name }) => [name, []]));
      const found = { turns: perContestant<Turn>(), totals: perContestant<Total>() };
      return { asked, draws, queries: 0, bodies: new Set(), repeated: 0, drawn: 0, ...found };
    });
  for (const each of measured) await warmUpClass(context, contestants, each, options);

  const pids = (): Record<string, number> => ({
    ...named('one', oneLeaf.pids()),
    ...named('two', twoLeaves.pids()),
    ...(openSearch === null ? {} : { openSearch: openSearch.pid }),
  });
  const hitsBefore = await openSearch?.cacheHits();
  const rest = new AtRest(context.clock, contestants);
  const [beganAt, before] = [context.clock.now(), readCpuTimes({ pids })];
  for (let round = 0; round < options.rounds; round++) {
    for (const each of measured) {
      context.progress(`peers, round ${round + 1} of ${options.rounds}: ${each.asked.name}`);
      const queries = drawQueries(each);
      for (const contestant of random.shuffle(contestants)) await takeTurn(context, contestant, each, queries);
    }
  }
  const othersCores = (readCpuTimes({ pids })[others]! - before[others]!) / (context.clock.now() - beganAt);
  const restTable = rest.table(measured);
  const hitsAfter = await openSearch?.cacheHits();
  if (hitsBefore?.request !== hitsAfter?.request) throw new Error('OpenSearch has answered from its request cache');

  const isSound = othersCores <= othersCoresMax && options.warmUp >= warmUpMin;
  const filterHits = hitsAfter === undefined ? 0 : hitsAfter.filters - hitsBefore!.filters;
  return {
    parameters: {
      documents: [...corpora.values()].map(({ name, documents }) => `${name} ${documents.length}`).join(', '),
      ...(await describe(openSearch, corpora)),
      rounds: options.rounds,
      'CPU ms of a turn': options.turnMs,
      'queries of warm-up of each class and contestant': options.warmUp,
      seed: context.seed,
      'cores used by others': othersCores,
      'load average of five minutes': `${loadavg()[1]!.toFixed(1)} on ${cpus().length} cores`,
    },
    tables: [...pairs.map((pair) => pairTable(pair, measured.map(turnsOf))), restTable, repeatedTable(measured)],
    notes: [
      ...(isSound ? [] : [unsound]),
      'CPU is user and system time of all processes of a contestant (root, log, leaves and `up`; the JVM) while it answers one client, by the number of queries. `least` and `most` are ratios of single rounds.',
      'All contestants of a round get the same queries, in an order of the contestants that is drawn. × is the ratio to OpenSearch.',
      `Every answer is checked to be complete, all hits and sources are sent, and the documents were compared before. OpenSearch answered nothing from its request cache, which is off; filters of its node cache were used ${filterHits.toLocaleString('en-US')} times.`,
      'Totals differ where 50 terms of a fuzzy word are all that OpenSearch looks for, and where the two cut texts into words otherwise.',
    ],
  };
}

function isChosen({ name, corpus }: PeerClass, { classes, corpus: corpora }: PeersOptions): boolean {
  if (!corpora.includes(corpus)) return false;
  if (classes.length === 0) return true;
  const short = name.slice(corpus.length + 2);
  return classes.some((start) => name.startsWith(start) || short.startsWith(start));
}

async function readCorpora(
  { documents, progress }: BenchContext,
  chosen: readonly PeerClass[],
  files: CorpusFiles,
): Promise<Map<CorpusName, PeerCorpus>> {
  const corpora = new Map<CorpusName, PeerCorpus>();
  for (const name of new Set(chosen.map(({ corpus }) => corpus))) {
    progress(`reading ${name}`);
    const corpus = await readPeerCorpus(name, files, documents);
    if (corpus !== null) corpora.set(name, corpus);
    else {
      const path = name === 'wordnet' ? '' : files[name];
      process.stderr.write(`\n*** ${name} is left out: there is no ${path} (see --${name}) ***\n\n`);
    }
  }
  if (corpora.size === 0) throw new Error('there are no documents to measure with');
  return corpora;
}

interface Processes {
  readonly oneLeaf: Cluster;
  readonly twoLeaves: Cluster;
  readonly openSearch: OpenSearch | null;
}

function enter({ oneLeaf, twoLeaves, openSearch }: Processes, open: AsyncDisposableStack): Contestant[] {
  const sheaf = (name: string, cluster: Cluster, suffix: string): Contestant => {
    const client = new BenchClient(cluster.url);
    open.defer(() => client.close());
    return {
      name,
      pid: cluster.up.pid!,
      bodyOf: (body) => JSON.stringify({ ...body, timeout: '30s' }),
      ask: async (corpus, body) => {
        const answer = await client.ask('POST', `/v1/indexes/${corpus}${suffix}/search`, body);
        if (!answer.includes('"complete":true')) throw new Error(`${name} gives a part: ${answer.slice(0, 500)}`);
        return answer;
      },
    };
  };
  const peer = (name: string, suffix: string): Contestant => ({
    name,
    pid: openSearch!.pid,
    bodyOf: (body) => JSON.stringify(body),
    ask: async (corpus, body) => {
      const answer = await openSearch!.search(`${corpus}${suffix}`, body);
      if (!isWholeAnswer(answer)) throw new Error(`${name} gives a part: ${answer.slice(0, 500)}`);
      return answer;
    },
  });
  return [
    sheaf(sheafFour, oneLeaf, '-4'),
    sheaf(sheafOne, oneLeaf, '-1'),
    sheaf(sheafTwo, twoLeaves, ''),
    ...(openSearch === null ? [] : [peer(peerFour, '-4'), peer(peerOne, '-1')]),
  ];
}

/** Of OpenSearch: whether all shards have answered, in time. */
function isWholeAnswer(answer: string): boolean {
  return answer.includes('"timed_out":false') && /"_shards":\{[^}]*"failed":0\}/.test(answer);
}

async function fill(
  context: BenchContext,
  { oneLeaf, twoLeaves, openSearch, corpora }: Processes & { corpora: ReadonlyMap<CorpusName, PeerCorpus> },
): Promise<void> {
  for (const corpus of corpora.values()) {
    for (const shards of [4, 1]) {
      const index = `${corpus.name}-${shards}`;
      await fillSheaf(context, oneLeaf.url, { index, shards, corpus });
      if (openSearch !== null) await fillOpenSearch(context, openSearch, { index, shards, corpus });
    }
    await fillSheaf(context, twoLeaves.url, { index: corpus.name, shards: null, corpus });
  }
  for (const cluster of [oneLeaf, twoLeaves]) {
    context.progress('waiting until the leaves have merged what they had to');
    if (!(await untilQuiet(cluster, quietShare)))
      throw new Error('the service is still busy three minutes after the load');
  }
}

async function check(
  { progress }: BenchContext,
  contestants: readonly Contestant[],
  corpora: ReadonlyMap<CorpusName, PeerCorpus>,
): Promise<void> {
  for (const { name, ask, bodyOf } of contestants) {
    for (const corpus of corpora.values()) {
      progress(`comparing the documents of ${corpus.name}: ${name}`);
      await checkDocuments(name, (body) => ask(corpus.name, bodyOf(body)), corpus);
    }
  }
}

/** Asks each contestant so often, and finds how many queries make a turn. */
async function warmUpClass(
  { progress }: BenchContext,
  contestants: readonly Contestant[],
  measured: Measured,
  { warmUp, turnMs }: PeersOptions,
): Promise<void> {
  const { asked, draws } = measured;
  const spentMs: number[] = [];
  for (const { name, pid, ask, bodyOf } of contestants) {
    progress(`peers, warming up: ${asked.name}, ${name}`);
    const askSome = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await ask(asked.corpus, bodyOf(asked.make(draws)));
    };
    const half = Math.ceil(warmUp / 2);
    await askSome(half);
    const before = readTreeCpuMs(pid);
    await askSome(half);
    spentMs.push(Math.max(tickMs, readTreeCpuMs(pid) - before) / half);
  }
  const most = (dearestTurns * turnMs) / Math.max(...spentMs);
  measured.queries = Math.ceil(Math.max(queriesMin, Math.min(turnMs / Math.min(...spentMs), most)));
}

/** New ones, as far as there are others. */
function drawQueries(measured: Measured): object[] {
  const { asked, draws, bodies } = measured;
  return Array.from({ length: measured.queries }, () => {
    let body = asked.make(draws);
    for (let i = 1; i < drawsMax && bodies.has(JSON.stringify(body)); i++) body = asked.make(draws);
    const text = JSON.stringify(body);
    measured.drawn++;
    if (bodies.has(text)) measured.repeated++;
    bodies.add(text);
    return body;
  });
}

async function takeTurn(
  { clock }: BenchContext,
  { name, pid, ask, bodyOf }: Contestant,
  { asked, turns, totals }: Measured,
  queries: readonly object[],
): Promise<void> {
  const bodies = queries.map(bodyOf);
  const latenciesMs = new Float64Array(bodies.length);
  const found: Total[] = [];
  const before = readTreeCpuMs(pid);
  for (const [at, body] of bodies.entries()) {
    const sentAt = clock.now();
    const answer = await ask(asked.corpus, body);
    latenciesMs[at] = clock.now() - sentAt;
    found.push(readTotal(answer));
  }
  turns.get(name)!.push({ cpuMs: readTreeCpuMs(pid) - before, latenciesMs });
  totals.get(name)!.push(...found);
}

function turnsOf({ asked, turns, totals }: Measured): ClassTurns {
  return {
    name: asked.name,
    turns,
    differing: (own, peer) => {
      const theirs = totals.get(peer)!;
      return totals.get(own)!.filter((total, at) => !totalsAgree(total, theirs[at]!)).length;
    },
  };
}

/** What contestants use while others take their turns: it is in each of their figures, for as long as a query lasts. */
class AtRest {
  private readonly clock: Clock;
  private readonly contestants: readonly Contestant[];
  private readonly beganAt: number;
  private readonly before: ReadonlyMap<number, number>;

  constructor(clock: Clock, contestants: readonly Contestant[]) {
    this.clock = clock;
    this.contestants = contestants;
    this.before = new Map(contestants.map(({ pid }) => [pid, readTreeCpuMs(pid)]));
    this.beganAt = clock.now();
  }

  table(measured: readonly Measured[]): Table {
    const elapsedMs = this.clock.now() - this.beganAt;
    const turnsOfName = (name: string): Turn[] => measured.flatMap(({ turns }) => turns.get(name)!);
    const rows = this.contestants.map(({ name, pid }) => {
      // Contestants may be indexes of the same processes.
      const same = this.contestants.filter((other) => other.pid === pid).flatMap((other) => turnsOfName(other.name));
      const spent = { cpuMs: readTreeCpuMs(pid) - this.before.get(pid)!, elapsedMs };
      const share = shareAtRest(spent, same);
      return [name, 100 * share, share * meanLatencyMs(turnsOfName(name)) * 1000];
    });
    return {
      title: 'CPU at rest, and how much of it is in a query',
      columns: ['contestant', '% of a core', 'µs'],
      rows,
    };
  }
}

/** Classes of which there are not enough queries for none to be asked again. */
function repeatedTable(measured: readonly Measured[]): Table {
  return {
    title: 'Queries that had been asked before, of classes that have few',
    columns: ['class', 'drawn', 'asked again %'],
    rows: measured
      .filter(({ repeated }) => repeated > 0)
      .map(({ asked, drawn, repeated }) => [asked.name, drawn, (100 * repeated) / drawn]),
  };
}

async function describe(
  openSearch: OpenSearch | null,
  corpora: ReadonlyMap<CorpusName, PeerCorpus>,
): Promise<Record<string, string | number>> {
  if (openSearch === null) return { OpenSearch: 'left out' };
  const { version, jvm, heapBytes, collectors } = await openSearch.facts();
  const [first] = corpora.keys();
  return {
    OpenSearch: version,
    JVM: jvm,
    'heap MB': heapBytes / 2 ** 20,
    collectors,
    refresh_interval: await openSearch.setting(`${first}-1`, 'index.refresh_interval'),
    'request cache': 'off',
  };
}

function named(prefix: string, pids: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [`${prefix}-${name}`, pid]));
}
