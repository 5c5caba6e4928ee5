/** What this leaf has heard of the others, by whatever root: of each the newest word. No I/O. */
import { replicasOf } from '../../shared/protocol/replicas.ts';
import { isNewer, type LeafWord, type PeerNews, type PeerReport } from '../../shared/protocol/reports.ts';

const noReplicas = replicasOf([]);

export class PeerBook {
  private readonly own: string;
  private readonly news = new Map<string, PeerNews>();
  /** By leaf: its draining replicas by name, and since when. Leaves without any are left out. */
  private readonly draining = new Map<string, ReadonlyMap<string, number>>();

  /** @param own name of this leaf, of which others cannot know more than it does itself */
  constructor(own: string) {
    this.own = own;
  }

  /**
   * Takes what a root tells. Roots may lag, so an older word than the one known changes nothing; a leaf is gone only if
   * nothing newer has been heard of it.
   * @param isBacked whether somebody stands by a word that was taken before; one by which nobody stands gives way
   * @returns whether anything changed
   */
  take(news: readonly PeerNews[], isBacked: (word: LeafWord) => boolean = () => true): boolean {
    let changed = false;
    for (const one of news) {
      if (one.leaf === this.own || !this.isNews(one, isBacked)) continue;
      this.noteDraining(one);
      this.news.set(one.leaf, one);
      changed = true;
    }
    return changed;
  }

  /** The newest report of a leaf, or undefined where none came or the leaf is gone. */
  reportOf(leaf: string): PeerReport | undefined {
    const known = this.news.get(leaf);
    return known === undefined || 'gone' in known ? undefined : known;
  }

  /** Whether nothing was ever told of any other leaf. */
  get isEmpty(): boolean {
    return this.news.size === 0;
  }

  /** Whether a word has been told, or a newer one. */
  knows(word: LeafWord): boolean {
    const known = this.news.get(word.leaf);
    return known !== undefined && !isNewer(word, known);
  }

  /** The newest report of every leaf that is there, in the order of the names. */
  reports(): PeerReport[] {
    const names = [...this.news.keys()].sort();
    return names.map((name) => this.reportOf(name)).filter((report) => report !== undefined);
  }

  /** See LeafReport.seen. Cost: a step for each draining replica. */
  seen(): LeafWord[] {
    return [...this.draining].sort(byName).map(([leaf, since]) => {
      return { leaf, incarnation: this.reportOf(leaf)!.incarnation, sequence: Math.max(...since.values()) };
    });
  }

  /** Cost: a step for each replica that differs from the last report of the leaf. */
  private noteDraining(one: PeerNews): void {
    const { leaf } = one;
    const since = new Map(this.draining.get(leaf));
    const before = this.reportOf(leaf)?.replicas ?? noReplicas;
    const after = 'gone' in one ? noReplicas : one.replicas;
    for (const { key, after: replica } of after.differences(before)) {
      if (replica?.state === 'draining') since.set(key, replica.since ?? 0);
      else since.delete(key);
    }
    if (since.size > 0) this.draining.set(leaf, since);
    else this.draining.delete(leaf);
  }

  private isNews(one: PeerNews, isBacked: (word: LeafWord) => boolean): boolean {
    const known = this.news.get(one.leaf);
    if (known === undefined || isNewer(one, known) || !isBacked(known)) return true;
    // What a leaf said next to another root is as new as a root's word that it is gone, and true.
    return 'gone' in known && !('gone' in one) && !isNewer(known, one);
  }
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
