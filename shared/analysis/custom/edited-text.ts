import type { Edit } from './part.ts';

/** A text that filters of characters have changed, and where its characters were before. */
export class EditedText {
  readonly text: string;
  private readonly before: EditedText | null;
  private readonly edits: readonly Edit[];
  /** By edit: where what follows it begins, in this text. */
  private readonly ends: readonly number[];

  constructor(text: string, before: EditedText | null = null, edits: readonly Edit[] = []) {
    this.before = before;
    this.edits = edits;
    let made = '';
    let at = 0;
    const ends: number[] = [];
    for (const { start, end, by } of edits) {
      made += text.slice(at, start) + by;
      ends.push(made.length);
      at = end;
    }
    this.text = made + text.slice(at);
    this.ends = ends;
  }

  apply(edits: readonly Edit[]): EditedText {
    return edits.length === 0 ? this : new EditedText(this.text, this, edits);
  }

  /** Where a place was in the first text: of what was put in, where that begins or ends which it stands for. */
  originOf(place: number, side: 'start' | 'end'): number {
    if (this.before === null) return place;
    // The first edit that ends at or after the place, or for a start after it.
    let low = 0;
    let high = this.ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const isAfter = side === 'start' ? this.ends[middle]! > place : this.ends[middle]! >= place;
      if (isAfter) high = middle;
      else low = middle + 1;
    }
    const edit = this.edits[low];
    const previous = this.edits[low - 1];
    const from = previous === undefined ? place : previous.end + (place - this.ends[low - 1]!);
    const isWithin = edit !== undefined && (side === 'start' ? from >= edit.start : from > edit.start);
    const origin = isWithin ? (side === 'start' ? edit.start : edit.end) : from;
    return this.before.originOf(origin, side);
  }
}
