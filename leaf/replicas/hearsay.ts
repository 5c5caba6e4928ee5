/** What roots have told of the other leaves: all of it together, and each root's own word. No I/O. */
import type { LeafWord, PeerNews } from '../../shared/protocol/reports.ts';
import { PeerBook } from './peer-book.ts';

export class Hearsay {
  /** Whatever was told by anybody, the newest of it that is known still. */
  readonly all: PeerBook;
  private readonly own: string;
  private readonly roots = new Map<object, PeerBook>();

  /** @param own name of this leaf */
  constructor(own: string) {
    this.own = own;
    this.all = new PeerBook(own);
  }

  /**
   * What each connected root has told, and therefore knows itself: a replica must not go while a root would still ask
   * for it here.
   */
  get byRoot(): readonly PeerBook[] {
    return [...this.roots.values()];
  }

  /** A root has connected, and told nothing yet. */
  met(root: object): void {
    this.roots.set(root, new PeerBook(this.own));
  }

  left(root: object): void {
    this.roots.delete(root);
  }

  /**
   * A word that no connected root knows gives way to what one tells: else the word of a life that everybody has forgotten
   * would outdate that of the next for good. What a root tells takes the place of what it told before in any case: it has
   * forgotten a leaf that was away for long, and may tell of a life of it that lost its folder and counts from the beginning.
   * @returns whether anything of it is new
   */
  take(root: object, news: readonly PeerNews[]): boolean {
    const isNewOfRoot = this.roots.get(root)?.take(news, () => false) === true;
    const isBacked = (word: LeafWord): boolean => this.byRoot.some((book) => book.knows(word));
    return this.all.take(news, isBacked) || isNewOfRoot;
  }
}
