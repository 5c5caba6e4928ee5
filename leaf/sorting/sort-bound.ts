import type { DocumentIterator } from '../evaluate/iterator.ts';
import type { SortKey, SortValue } from '../../shared/ranking/order.ts';

export type FieldSortKey = Extract<SortKey, { by: 'field' }>;

/** Turns away documents of one segment that rank below the worst hit kept, before their values are read. */
export interface SortBound {
  /**
   * Whether the document ranks below the worst hit kept, whatever its other sort keys. False does not say that it ranks
   * above.
   * @param worst the first sort key's value of that hit
   */
  turnsAway(docId: number, worst: SortValue): boolean;
  /**
   * The first document from `docId` on, or `end`, before which none can be among the hits, as far as blocks of documents tell. Not
   * there where they tell nothing.
   * @param worst as of turnsAway; undefined as long as there are fewer hits than wanted
   */
  skip?(docId: number, end: number, worst: SortValue | undefined): number;
  /**
   * Looks for values that so many documents of the segment have or better ones, where they are likely, before the documents are gone
   * through, so that `skip` passes over more.
   */
  seed?(sought: SoughtHits): void;
}

/** What is known of the hits before they are looked for. */
export interface SoughtHits {
  /** How many are wanted, at least 1. */
  readonly k: number;
  /** Documents of the segment that match, at most and roughly. */
  readonly cost: number;
  /** Those that match, anew. */
  readonly matches: () => DocumentIterator;
}

/** What a bound is for. */
export interface BoundOptions {
  /**
   * Whether documents with equal values of the first sort key rank below those that came before: where it is the only one, and they
   * come in the order that decides between equal ones.
   */
  readonly tiesLose: boolean;
}
