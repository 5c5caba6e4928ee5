/** The CPU of a query in a leaf's engine beside Tantivy, each in a process and on a thread of its own, in turns. */
import { analyze } from '../../shared/analysis/standard.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import type { BenchContext } from '../context.ts';
import { readCorpus } from '../corpus/wordnet-corpus.ts';
import { Tantivy } from '../peers/tantivy.ts';
import type { Cell, Table } from '../report/table.ts';
import { inventTexts } from './corpus.ts';
import { overlapOf } from './overlap.ts';
import { Prototype } from './prototype.ts';
import { clauseQueryKinds, makeEngineQueries, withClauses, type ClauseQuery, type ClauseQueryKind } from './queries.ts';
import { ratioColumns, ratioRows } from './ratios.ts';
import { deletedOneOf, SheafEngine, type Asked } from './sheaf.ts';

export interface TantivyOptions {
  /** Of each kind. */
  readonly queries: number;
  /** Turns of each engine. */
  readonly rounds: number;
}

interface Way extends Asked {
  readonly name: string;
}

const k = 10;
const ratioMax = 1.5;
const warmUpPasses = 2;
const ways: readonly Way[] = [false, true].flatMap((isDiminished) => {
  const where = isDiminished ? ', 5 % deleted' : '';
  return [
    { name: `best ten${where}`, k, isCounted: false, isDiminished },
    { name: `best ten and count${where}`, k, isCounted: true, isDiminished },
    { name: `count${where}`, k: 0, isCounted: true, isDiminished },
  ];
});

export const tantivyNotes: readonly string[] = [
  'Beside Tantivy: CPU of a query is that of the whole process, by one call after the other, in turns. Queries are made before the time is taken for Tantivy, and while it is taken for Sheaf. Tantivy has no count alone in Python: it is asked for a constant score, the best one and the count. Both have the terms that the standard analyzer makes.',
  '`overlap` is the share of the best ten of Tantivy that Sheaf gives too, without deletions; scores of equal documents may differ in the last digit.',
];

/** None where Tantivy cannot be had, which is said. */
export async function benchBesideTantivy(context: BenchContext, options: TantivyOptions): Promise<Table[]> {
  context.progress('engine, beside Tantivy: starting it; pip may have to bring it');
  const tantivy = Tantivy.start();
  if (tantivy === null) return [];
  try {
    const random = createRandom(context.seed);
    const wordnet = (await readCorpus(context.documents)).map(({ definition }) => definition);
    const zipf = inventTexts(context.documents, random);
    return [
      ...(await measureCorpus(context, { name: 'invented texts', texts: zipf, tantivy, random, options })),
      ...(await measureCorpus(context, { name: 'WordNet', texts: wordnet, tantivy, random, options })),
    ];
  } finally {
    await tantivy.stop();
  }
}

interface Measuring {
  readonly name: string;
  readonly texts: readonly string[];
  readonly tantivy: Tantivy;
  readonly random: Random;
  readonly options: TantivyOptions;
}

async function measureCorpus(context: BenchContext, measuring: Measuring): Promise<Table[]> {
  const { name, texts, tantivy, random, options } = measuring;
  context.progress(`engine, beside Tantivy, ${name}: building`);
  const queries = withClauses(makeEngineQueries(texts, random, options.queries));
  const sheaf = new SheafEngine();
  sheaf.build(texts);
  sheaf.prepare(queries);
  const prototype = new Prototype();
  prototype.build(texts);
  const lines = texts.map((text) => analyze(text).join(' '));
  const { version, documents, segments } = await tantivy.build(lines, deletedOneOf);
  const held = [texts.length, texts.length - Math.ceil(texts.length / deletedOneOf)];
  if (held.some((count, i) => count !== documents[i]))
    throw new Error(`Tantivy holds ${documents.join(' and ')} documents in place of ${held.join(' and ')}`);
  const byKind = Map.groupBy(queries, ({ kind }) => kind);
  const rows: Cell[][] = [];
  // V8 compiles what it will, and compiling is CPU of this process.
  for (let pass = 0; pass < warmUpPasses; pass++) {
    context.progress(`engine, beside Tantivy, ${name}: warming up, ${pass + 1} of ${warmUpPasses}`);
    for (const way of ways) for (const query of queries) sheaf.find(query, way);
  }
  for (const way of ways) {
    const kinds = [];
    const more = new Map<string, Cell[]>();
    for (const kind of clauseQueryKinds) {
      context.progress(`engine, beside Tantivy, ${name}: ${way.name}, ${kind}`);
      const asked = { way, kind, queries: byKind.get(kind)! };
      const { own, peer, plain } = await takeTurns(asked, { sheaf, prototype, tantivy, random }, options.rounds);
      kinds.push({ kind, own, peer });
      more.set(kind, [plain, ...(await compare(asked, { sheaf, tantivy }))]);
    }
    for (const row of ratioRows(kinds, ratioMax))
      rows.push([way.name, ...row, ...(more.get(String(row[0])) ?? ['', '', ''])]);
  }
  const size = `${texts.length.toLocaleString('en-US')} documents; segments: Sheaf ${sheaf.segmentCount}, Tantivy ${segments.join(' and ')}`;
  return [
    {
      title: `CPU of a query beside Tantivy ${version}, ${name} (${size})`,
      columns: ['asked for', ...ratioColumns, 'prototype µs', 'counts', 'overlap'],
      rows,
    },
  ];
}

interface AskedKind {
  readonly way: Way;
  readonly kind: ClauseQueryKind;
  readonly queries: readonly ClauseQuery[];
}

interface Engines {
  readonly sheaf: SheafEngine;
  readonly prototype: Prototype;
  readonly tantivy: Tantivy;
  readonly random: Random;
}

/** Microseconds of CPU of a query, a turn each, after one that does not count. @returns of the prototype the mean, where it can */
async function takeTurns(
  { way, kind, queries }: AskedKind,
  { sheaf, prototype, tantivy, random }: Engines,
  rounds: number,
): Promise<{ own: number[]; peer: number[]; plain: Cell }> {
  const own: number[] = [];
  const peer: number[] = [];
  const plain: number[] = [];
  const asked = { queries, k: way.k, counted: way.isCounted, deleted: way.isDiminished, shown: false };
  const hasPlain = !way.isCounted && !way.isDiminished && (kind === 'term' || kind === 'and' || kind === 'or');
  const turns = [
    () => void own.push(cpuUs(queries, (query) => void sheaf.find(query, way))),
    async () => void peer.push(((await tantivy.ask(asked)).cpuMs * 1000) / queries.length),
    ...(hasPlain
      ? [() => void plain.push(cpuUs(queries, ({ terms }) => void prototype.search({ kind, terms }, k)))]
      : []),
  ];
  for (let round = 0; round <= rounds; round++) for (const take of random.shuffle(turns)) await take();
  for (const figures of [own, peer, plain]) figures.shift();
  return { own, peer, plain: hasPlain ? plain.reduce((sum, us) => sum + us, 0) / rounds : '–' };
}

function cpuUs(queries: readonly ClauseQuery[], ask: (query: ClauseQuery) => void): number {
  const before = process.cpuUsage();
  for (const query of queries) ask(query);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / queries.length;
}

/** Whether counts are equal, and the overlap of the best ten. */
async function compare(
  { way, queries }: AskedKind,
  { sheaf, tantivy }: Pick<Engines, 'sheaf' | 'tantivy'>,
): Promise<[counts: Cell, overlap: Cell]> {
  const asked = { queries, k: way.k, counted: way.isCounted, deleted: way.isDiminished, shown: true };
  const { totals, hits } = await tantivy.ask(asked);
  let differing = 0;
  let overlap = 0;
  for (const [at, query] of queries.entries()) {
    const found = sheaf.find(query, way);
    if (way.isCounted && found.total !== totals![at]) differing++;
    overlap += overlapOf(
      found.hits.map(({ document }) => document),
      hits![at]!,
    );
  }
  const counts = differing === 0 ? 'equal' : `${differing} differ`;
  return [way.isCounted ? counts : '–', way.k === 0 || way.isDiminished ? '–' : overlap / queries.length];
}
