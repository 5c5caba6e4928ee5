/**
 * What a root tells one leaf of the others: in its first frame everything, then what is new. Pure.
 *
 * News that others act upon goes at once; that replicas have come further, or that nothing changed, at most every two
 * seconds: n leaves tell n − 1 others, and most of what they tell each quarter of a second is not worth n² of anything.
 */
import { isNewer, type Members, type PeerNews } from '../../shared/protocol/reports.ts';
import { isGone, type Roster, type RosterEntry } from './roster.ts';

const freshenMs = 2000;

/** The last thing told of one leaf. */
interface Told {
  readonly gone: boolean;
  readonly incarnation: number;
  readonly sequence: number;
  readonly version: number;
  readonly at: number;
}

export class Relay {
  private readonly own: string;
  private readonly told = new Map<string, Told>();
  private ring: string | null = null;

  /** @param own name of the leaf that is told, which need not hear of itself */
  constructor(own: string) {
    this.own = own;
  }

  /** What to tell now, or null when there is nothing; the caller sends it. */
  next(roster: Roster, ring: readonly string[], now: number): Members | null {
    const peers: PeerNews[] = [];
    for (const entry of roster.entries) {
      const news = this.isDue(entry, now) ? this.newsOf(entry, now) : null;
      if (news === null) continue;
      peers.push(news);
      const { incarnation, sequence } = entry.report!;
      this.told.set(entry.name, { gone: 'gone' in news, incarnation, sequence, version: entry.version, at: now });
    }
    const zones = roster.zonesOf(ring);
    const told = JSON.stringify([ring, zones]);
    if (peers.length === 0 && told === this.ring) return null;
    this.ring = told;
    return { leaves: ring, zones, peers };
  }

  /** When there is next something to tell that is not urgent; Infinity when nothing is known. */
  nextAt(roster: Roster): number {
    let next = Infinity;
    for (const { name, report } of roster.entries) {
      const told = this.told.get(name);
      if (told === undefined || report === null || told.gone) continue;
      if (told.sequence !== report.sequence) next = Math.min(next, told.at + freshenMs);
    }
    return next;
  }

  private isDue(entry: Readonly<RosterEntry>, now: number): boolean {
    const { name, report, version } = entry;
    if (report === null) return false;
    const told = this.told.get(name);
    if (name === this.own) return isOutdated(entry) && (told === undefined || isNewer(report, told));
    if (told === undefined) return true;
    if (isGone(entry, now)) return !told.gone;
    if (told.gone || told.version !== version) return true;
    return told.sequence !== report.sequence && now >= told.at + freshenMs;
  }

  /**
   * One that is gone is told by a word newer than its last: a leaf believes the newest word, and it may have this last one
   * already. Whatever the lost leaf really said next to another root is as new, and a report wins over its equal. A leaf is
   * told of itself by the very word that outdates it.
   */
  private newsOf(entry: Readonly<RosterEntry>, now: number): PeerNews | null {
    if (entry.report === null) return null;
    const { leaf, incarnation, sequence } = entry.report;
    if (leaf === this.own) return { leaf, gone: true, incarnation, sequence };
    return isGone(entry, now) ? { leaf, gone: true, incarnation, sequence: sequence + 1 } : entry.report;
  }
}

/** Whether the leaf says what nobody believes, a newer word of it being known. */
function isOutdated({ report, spoken }: Readonly<RosterEntry>): boolean {
  return report !== null && spoken !== null && isNewer(report, spoken);
}
