/**
 * Who is on the ring, and what there is to tell of each leaf. Pure: it is told what happens, and when.
 *
 *     discovered ──connected──► present ──connection or discovery lost──► absent ──30 s──► off the ring
 *                                  │                                        │
 *                                  └──────────── says it drains ────────────┴──► off the ring at once
 *
 * A leaf has its place from the moment it is discovered, and keeps it for a while when it is lost, or every crash and every
 * start of a root would move replicas. One that drains gives it up at once: it says so itself, and means it.
 */
import { isNewer, type LeafReport, type LeafWord, type PeerReport } from '../../shared/protocol/reports.ts';
import type { Address } from '../../shared/transport/address.ts';

export interface RosterEntry {
  readonly name: string;
  /** Whether discovery names it now. */
  discovered: boolean;
  connected: boolean;
  /** Since when it is not both of these; null while it is. */
  absentSince: number | null;
  /** Since when it is not connected, having been; null while it is, and before it was. */
  lostAt: number | null;
  /** Its newest report as it is relayed; null before the first. */
  report: PeerReport | null;
  /** By its newest report; undefined before the first, null where it is in none. */
  zone: string | null | undefined;
  /** The word it spoke last, even where a newer one is known of it. */
  spoken: LeafWord | null;
  /** Counts the reports that told others something they act upon at once. */
  version: number;
}

/** How long a leaf that was lost keeps its place. */
const keepPlaceMs = 30_000;
/** A connection that breaks is tried again at once; others need not hear of one that comes back. */
const goneAfterMs = 1000;

export class Roster {
  private readonly known = new Map<string, RosterEntry>();

  get entries(): Iterable<Readonly<RosterEntry>> {
    return this.known.values();
  }

  get(name: string): Readonly<RosterEntry> | undefined {
    return this.known.get(name);
  }

  /** Discovery names these leaves, and no others. */
  discovered(names: ReadonlySet<string>, now: number): void {
    for (const name of names) {
      const entry = this.entry(name, now);
      entry.discovered = true;
      if (entry.connected) entry.absentSince = null;
    }
    for (const entry of this.known.values()) {
      if (names.has(entry.name) || !entry.discovered) continue;
      entry.discovered = false;
      entry.absentSince ??= now;
    }
  }

  /** A leaf spoke. An older report than the last changes nothing. */
  heard(report: LeafReport, { host, port }: Address, now: number): void {
    const entry = this.entry(report.leaf, now);
    const before = entry.report;
    entry.connected = true;
    entry.lostAt = null;
    if (entry.discovered) entry.absentSince = null;
    entry.spoken = report;
    if (before !== null && !isNewer(report, before)) return;
    entry.report = asNews(report, host, port);
    entry.zone = report.zone ?? null;
    if (before === null || saysMore(before, entry.report)) entry.version++;
  }

  /** The connection to a leaf broke. */
  lost(name: string, now: number): void {
    const entry = this.known.get(name);
    if (entry === undefined || !entry.connected) return;
    entry.connected = false;
    entry.lostAt = now;
    entry.absentSince ??= now;
  }

  /** The leaves with a place on the ring, sorted. Forgets those that nothing is left to tell of. */
  ring(now: number): string[] {
    for (const entry of this.known.values()) if (isForgotten(entry, now)) this.known.delete(entry.name);
    return [...this.known.values()]
      .filter((entry) => hasPlace(entry, now))
      .map(({ name }) => name)
      .sort();
  }

  /** Of those of these leaves that have been heard, see Members. */
  zonesOf(leaves: readonly string[]): Record<string, string | null> {
    const heard = leaves.map((leaf) => [leaf, this.known.get(leaf)?.zone] as const);
    return Object.fromEntries(heard.flatMap(([leaf, zone]) => (zone === undefined ? [] : [[leaf, zone]])));
  }

  /** When time alone next changes what this tells; Infinity when it does not. */
  nextChangeAt(now: number): number {
    let next = Infinity;
    for (const { absentSince, lostAt } of this.known.values()) {
      for (const at of [(absentSince ?? Infinity) + keepPlaceMs, (lostAt ?? Infinity) + goneAfterMs]) {
        if (at > now) next = Math.min(next, at);
      }
    }
    return next;
  }

  private entry(name: string, now: number): RosterEntry {
    let entry = this.known.get(name);
    if (entry === undefined) {
      entry = {
        name,
        discovered: false,
        connected: false,
        absentSince: now,
        lostAt: null,
        report: null,
        zone: undefined,
        spoken: null,
        version: 0,
      };
      this.known.set(name, entry);
    }
    return entry;
  }
}

/** Whether others should take the leaf for gone: it ended after it had said that it would, or did not come back soon. */
export function isGone({ lostAt, report }: Readonly<RosterEntry>, now: number): boolean {
  return lostAt !== null && (report?.draining === true || now >= lostAt + goneAfterMs);
}

function hasPlace({ absentSince, report }: Readonly<RosterEntry>, now: number): boolean {
  return report?.draining !== true && (absentSince === null || now < absentSince + keepPlaceMs);
}

function isForgotten(entry: Readonly<RosterEntry>, now: number): boolean {
  return !entry.discovered && !entry.connected && now >= (entry.absentSince ?? now) + keepPlaceMs;
}

function asNews(report: LeafReport, host: string, port: number): PeerReport {
  const { leaf, incarnation, sequence, draining = false, replicas, seen } = report;
  return { leaf, incarnation, sequence, host, port, draining, replicas, ...(seen === undefined ? {} : { seen }) };
}

/** Whether the later report tells more than how far replicas have come. */
function saysMore(before: PeerReport, after: PeerReport): boolean {
  if (before.incarnation !== after.incarnation || before.draining !== after.draining) return true;
  if (before.host !== after.host || before.port !== after.port) return true;
  return !sameReplicas(before.replicas, after.replicas) || !sameWords(before.seen ?? [], after.seen ?? []);
}

/** Whether the replicas differ in no more than how far they have come. Cost: a step for each that differs. */
function sameReplicas(before: PeerReport['replicas'], after: PeerReport['replicas']): boolean {
  return after.differences(before).every(({ before: one, after: other }) => {
    if (one === undefined || other === undefined || one.stopped?.offset !== other.stopped?.offset) return false;
    return one.state === other.state && one.since === other.since;
  });
}

function sameWords(before: readonly LeafWord[], after: readonly LeafWord[]): boolean {
  return (
    before.length === after.length &&
    before.every(({ leaf, incarnation, sequence }, i) => {
      const other = after[i]!;
      return other.leaf === leaf && other.incarnation === incarnation && other.sequence === sequence;
    })
  );
}
