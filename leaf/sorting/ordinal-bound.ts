import { countsGreatest, missingFirst } from '../../shared/ranking/order.ts';
import type { SortKey, SortValue } from '../../shared/ranking/order.ts';
import type { FieldOf } from '../segment/layouts/segment-layouts.ts';
import { extreme } from './extreme.ts';
import type { SortBound } from './sort-bound.ts';

/** Documents that pass before the bound is drawn anew: drawing it is a search in the dictionary. */
const passesMax = 16;

/**
 * Turns away documents whose keyword ranks below that of the worst hit kept, by their ordinals: in one segment ordinals
 * are in the order of the terms, so most documents need no term read. A bound drawn from an earlier worst hit lets more
 * pass than it must and never turns away too many, because the worst hit only gets better.
 */
export class OrdinalBound implements SortBound {
  private readonly field: FieldOf<'keyword'>;
  private readonly descending: boolean;
  private readonly greatest: boolean;
  private readonly missingFirst: boolean;
  /** Ordinals from here are too high, and those below `low` too low. */
  private high: number;
  private low = 0;
  private emptyRanksBelow = false;
  private passes = passesMax;

  constructor(field: FieldOf<'keyword'>, key: Extract<SortKey, { by: 'field' }>) {
    this.field = field;
    this.descending = key.descending;
    this.greatest = countsGreatest(key);
    this.missingFirst = missingFirst(key);
    this.high = field.dictionary.size;
  }

  turnsAway(docId: number, worst: SortValue): boolean {
    if (this.passes === passesMax) this.draw(worst);
    const { starts, ordinals } = this.field.column;
    const at = extreme(starts, ordinals, docId, this.greatest);
    const isBelow = at < 0 ? this.emptyRanksBelow : ordinals[at]! >= this.high || ordinals[at]! < this.low;
    if (!isBelow) this.passes++;
    return isBelow;
  }

  private draw(worst: SortValue): void {
    this.passes = 0;
    // Without a value the worst is one of the last, or all kept are among the first: then any value ranks below.
    if (typeof worst !== 'string') {
      if (this.missingFirst) this.high = 0;
      return;
    }
    this.emptyRanksBelow = !this.missingFirst;
    if (this.descending) this.low = this.field.dictionary.lowerBound(worst);
    else this.high = this.field.dictionary.upperBound(worst);
  }
}
