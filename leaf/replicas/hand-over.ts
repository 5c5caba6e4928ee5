/**
 * When a replica may go: once those that take over have it ready, and know that it goes. Pure.
 *
 * That another leaf was heard to have it ready is not enough. Roots see the ring at different times, so for a moment two
 * leaves can each take the other for the owner; each by a word older than the other's change of mind, both would let go. So
 * the word that a leaf relies on must say that it was spoken by one who had seen this replica drain. And every root that
 * is connected must have relayed it, or that root would still ask here. Were there a circle
 * of leaves that let go relying on one another, each of them would have begun to drain after the next one did, all the
 * way round: there is none.
 */
import { replicaName } from '../../shared/protocol/replicas.ts';
import type { PeerReport } from '../../shared/protocol/reports.ts';
import type { Hearsay } from './hearsay.ts';
import type { PeerBook } from './peer-book.ts';

export type Heard = Pick<Hearsay, 'byRoot'>;

/** A replica on its way out. */
export interface Leaver {
  readonly leaf: string;
  readonly incarnation: number;
  readonly indexId: string;
  readonly shard: number;
  /** @see ReplicaReport.since */
  readonly since: number;
}

/**
 * Whether every one of those that should have it has taken over, as each connected root knows. Where nobody should, nobody
 * has; where no root is connected, nobody knows.
 */
export function isHandedOver(leaver: Leaver, owners: readonly string[], { byRoot }: Heard): boolean {
  if (owners.length === 0 || byRoot.length === 0) return false;
  return byRoot.every((peers) => owners.every((owner) => hasTakenOver(peers.reportOf(owner), leaver)));
}

/** Whether any leaf has taken over, as each root knows: enough for one that ends, as the others are made from that. */
export function isElsewhere(leaver: Leaver, { byRoot }: Heard): boolean {
  return byRoot.length > 0 && byRoot.every((peers) => peers.reports().some((report) => hasTakenOver(report, leaver)));
}

function hasTakenOver(report: PeerReport | undefined, leaver: Leaver): boolean {
  if (report === undefined || report.draining || report.leaf === leaver.leaf) return false;
  const knows = report.seen?.some(({ leaf, incarnation, sequence }) => {
    return leaf === leaver.leaf && incarnation === leaver.incarnation && sequence >= leaver.since;
  });
  return knows === true && stateOf(report, leaver.indexId, leaver.shard) === 'ready';
}

/**
 * The leaves that a replica can be copied from: those that have it ready, then those that are about to let it go, in
 * an order that differs from shard to shard, so that not everybody asks the same one.
 */
export function sourcesOf(indexId: string, shard: number, peers: PeerBook): string[] {
  const reports = peers.reports();
  const start = reports.length === 0 ? 0 : shard % reports.length;
  const turned = [...reports.slice(start), ...reports.slice(0, start)];
  const inState = (wanted: string): string[] =>
    turned.filter((report) => stateOf(report, indexId, shard) === wanted).map(({ leaf }) => leaf);
  return [...inState('ready'), ...inState('draining')];
}

function stateOf({ replicas }: PeerReport, indexId: string, shard: number): string | undefined {
  return replicas.get(replicaName(indexId, shard))?.state;
}
