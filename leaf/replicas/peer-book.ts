/** What this leaf has heard of the others, by whatever root: of each the newest word. No I/O. */
import { isNewer, type LeafWord, type PeerNews, type PeerReport } from '../../shared/protocol/reports.ts';

export class PeerBook {
  private readonly own: string;
  private readonly news = new Map<string, PeerNews>();

  /** @param own name of this leaf, of which others cannot know more than it does itself */
  constructor(own: string) {
    this.own = own;
  }

  /**
   * Takes what a root tells. Roots may lag, so an older word than the one known changes nothing; a leaf is gone only if
   * nothing newer has been heard of it.
   * @returns whether anything changed
   */
  take(news: readonly PeerNews[]): boolean {
    let changed = false;
    for (const one of news) {
      if (one.leaf === this.own || !this.isNews(one)) continue;
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

  /** Whether anything was ever told of the leaf. */
  knows(leaf: string): boolean {
    return this.news.has(leaf);
  }

  /** The newest report of every leaf that is there, in the order of the names. */
  reports(): PeerReport[] {
    const names = [...this.news.keys()].sort();
    return names.map((name) => this.reportOf(name)).filter((report) => report !== undefined);
  }

  /** See LeafReport.seen. */
  seen(): LeafWord[] {
    return this.reports()
      .filter(({ replicas }) => replicas.some(({ state }) => state === 'draining'))
      .map(({ leaf, incarnation, sequence }) => ({ leaf, incarnation, sequence }));
  }

  private isNews(one: PeerNews): boolean {
    const known = this.news.get(one.leaf);
    if (known === undefined || isNewer(one, known)) return true;
    // Nothing came after that word: whoever saw the leaf go knows more than whoever saw it last.
    return 'gone' in one && !('gone' in known) && !isNewer(known, one);
  }
}
