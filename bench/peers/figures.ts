/** What turns of Sheaf and of its peer make together: CPU of a query, ratios, and what was asked for. Pure. */
import { percentile } from '../report/percentiles.ts';
import type { Cell, Table } from '../report/table.ts';

/** One contestant asked the queries of one class of one round. */
export interface Turn {
  /** Milliseconds of CPU of all its processes. */
  readonly cpuMs: number;
  /** One a query. */
  readonly latenciesMs: Float64Array;
}

export interface ClassTurns {
  readonly name: string;
  /** By contestant, in the order of the rounds. */
  readonly turns: ReadonlyMap<string, readonly Turn[]>;
  /** Queries whose totals were not those of the contestant. */
  readonly differing: (own: string, peer: string) => number;
}

/** A class is as asked when either holds. */
export interface Bound {
  readonly ratioMax?: number;
  readonly usMax?: number;
}

export interface Pair {
  readonly title: string;
  /** Names of contestants. */
  readonly own: string;
  readonly peer: string;
  /** @param peerUs what the peer takes for a query */
  readonly bound: (peerUs: number) => Bound;
  readonly mixBound: Bound | null;
}

export const columns = [
  'class',
  'queries',
  'CPU µs',
  'peer µs',
  '×',
  'least',
  'most',
  'asked',
  'met',
  'p50 ms',
  'peer',
  'p99 ms',
  'peer p99',
  'totals',
] as const;

/** A row a class, then the mix, which holds equally many of each class, and the geometric mean of the ratios. */
export function pairTable(pair: Pair, classes: readonly ClassTurns[]): Table {
  const rows = classes.map((each) => classRow(pair, each));
  const usOf = (contestant: string): number[] => classes.map(({ turns }) => cpuUs(turns.get(contestant) ?? []));
  return { title: pair.title, columns, rows: [...rows, ...mixRows(pair, usOf(pair.own), usOf(pair.peer))] };
}

function classRow({ own, peer, bound }: Pair, { name, turns, differing }: ClassTurns): Cell[] {
  const [ownTurns, peerTurns] = [turns.get(own)!, turns.get(peer) ?? []];
  const ownUs = cpuUs(ownTurns);
  const [p50, p99] = latencies(ownTurns);
  const queries = ownTurns.reduce((sum, { latenciesMs }) => sum + latenciesMs.length, 0);
  if (peerTurns.length === 0) {
    return [name, queries, ownUs, '–', '–', '–', '–', '–', '–', p50, '–', p99, '–', '–'];
  }
  const peerUs = cpuUs(peerTurns);
  const ratios = ownTurns.map((turn, round) => cpuUs([turn]) / cpuUs([peerTurns[round]!]));
  const [peerP50, peerP99] = latencies(peerTurns);
  const asked = bound(peerUs);
  const others = differing(own, peer);
  return [
    name,
    queries,
    ownUs,
    peerUs,
    ownUs / peerUs,
    Math.min(...ratios),
    Math.max(...ratios),
    showBound(asked),
    isMet(asked, ownUs, peerUs) ? 'yes' : 'NO',
    p50,
    peerP50,
    p99,
    peerP99,
    others === 0 ? 'equal' : `${others} differ`,
  ];
}

function mixRows({ mixBound }: Pair, own: readonly number[], peer: readonly number[]): Cell[][] {
  const meanOf = (all: readonly number[]): number => all.reduce((sum, us) => sum + us, 0) / all.length;
  const [ownUs, peerUs] = [meanOf(own), meanOf(peer)];
  if (Number.isNaN(peerUs)) return [];
  const mean = Math.exp(own.reduce((sum, us, i) => sum + Math.log(us / peer[i]!), 0) / own.length);
  const rest = (cells: readonly Cell[]): Cell[] => [...cells, ...Array.from({ length: 5 }, () => '')];
  const met = mixBound === null ? '' : isMet(mixBound, ownUs, peerUs) ? 'yes' : 'NO';
  const asked = mixBound === null ? '' : showBound(mixBound);
  return [
    rest(['the mix', '', ownUs, peerUs, ownUs / peerUs, '', '', asked, met]),
    rest(['geometric mean', '', '', '', mean, '', '', '', '']),
  ];
}

/** Microseconds of CPU of a query, over all turns; NaN over none. */
export function cpuUs(turns: readonly Turn[]): number {
  const sum = (of: (turn: Turn) => number): number => turns.reduce((all, turn) => all + of(turn), 0);
  return (sum(({ cpuMs }) => cpuMs) * 1000) / sum(({ latenciesMs }) => latenciesMs.length);
}

export function meanLatencyMs(turns: readonly Turn[]): number {
  const all = turns.flatMap(({ latenciesMs }) => [...latenciesMs]);
  return all.reduce((sum, ms) => sum + ms, 0) / all.length;
}

/**
 * The share of a core that processes use while they are not asked.
 * @param spent theirs from first to last @param turns all that they took meanwhile
 */
export function shareAtRest(spent: { cpuMs: number; elapsedMs: number }, turns: readonly Turn[]): number {
  const ownMs = turns.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  const askedMs = turns.reduce((sum, { latenciesMs }) => sum + latenciesMs.reduce((all, ms) => all + ms, 0), 0);
  return (spent.cpuMs - ownMs) / (spent.elapsedMs - askedMs);
}

function latencies(turns: readonly Turn[]): [p50: number, p99: number] {
  const sorted = Float64Array.from(turns.flatMap(({ latenciesMs }) => [...latenciesMs])).sort();
  return [percentile(sorted, 0.5), percentile(sorted, 0.99)];
}

function showBound({ ratioMax, usMax }: Bound): string {
  const parts = [...(ratioMax === undefined ? [] : [`${ratioMax} ×`]), ...(usMax === undefined ? [] : [`${usMax} µs`])];
  return `≤ ${parts.join(' or ')}`;
}

function isMet({ ratioMax, usMax }: Bound, ownUs: number, peerUs: number): boolean {
  return (ratioMax !== undefined && ownUs <= ratioMax * peerUs) || (usMax !== undefined && ownUs <= usMax);
}
