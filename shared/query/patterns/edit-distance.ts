/**
 * How many edits are between one word and each of many: inserted, left out, replaced or swapped neighbouring characters,
 * none edited twice (optimal string alignment). Words that come in order share their beginnings, and what was computed
 * for those is kept.
 */
export class EditDistance {
  private readonly word: Uint32Array;
  private readonly edits: number;
  /** By length of the beginning of the other word: distances to each beginning of the word. */
  private rows: Uint8Array;
  private readonly width: number;
  /** The other word, whose first `known` rows are good. */
  private other = new Uint32Array(32);
  private known = 0;

  /** @param edits 0 to 2; distances beyond it are only known to be greater */
  constructor(word: string, edits: number) {
    this.word = Uint32Array.from(Array.from(word), (character) => character.codePointAt(0)!);
    this.edits = edits;
    this.width = this.word.length + 1;
    this.rows = new Uint8Array(this.width * 33);
    for (let i = 0; i < this.width; i++) this.rows[i] = Math.min(i, 255);
  }

  /** The distance, or `edits` + 1 where it is greater. @param codes the other word's code points, the first `length` */
  to(codes: Uint32Array, length: number): number {
    const beyond = this.edits + 1;
    if (Math.abs(length - this.word.length) > this.edits) return beyond;
    this.reserve(length);
    let row = 0;
    while (row < this.known && row < length && this.other[row] === codes[row]) row++;
    this.known = row;
    for (; row < length; row++) {
      this.other[row] = codes[row]!;
      const least = this.fill(row + 1);
      this.known = row + 1;
      if (least > this.edits) return beyond;
    }
    return Math.min(this.rows[length * this.width + this.word.length]!, beyond);
  }

  /** Fills the row of the first `row` characters. Returns its least distance. */
  private fill(row: number): number {
    const { word, rows, width, other } = this;
    const here = row * width;
    const above = here - width;
    const code = other[row - 1]!;
    let least = (rows[here] = Math.min(row, 255));
    for (let i = 1; i < width; i++) {
      const same = word[i - 1] === code;
      let distance = Math.min(rows[above + i - 1]! + (same ? 0 : 1), rows[above + i]! + 1, rows[here + i - 1]! + 1);
      if (row > 1 && i > 1 && code === word[i - 2] && other[row - 2] === word[i - 1]) {
        distance = Math.min(distance, rows[above - width + i - 2]! + 1);
      }
      rows[here + i] = Math.min(distance, 255);
      if (distance < least) least = distance;
    }
    return least;
  }

  private reserve(length: number): void {
    if (length <= this.other.length) return;
    const other = new Uint32Array(length * 2);
    other.set(this.other);
    const rows = new Uint8Array(this.width * (length * 2 + 1));
    rows.set(this.rows);
    this.other = other;
    this.rows = rows;
  }
}

/** Whether one term is within the edits that a distance is for. */
export function isNear(distance: EditDistance, term: string, edits: number): boolean {
  const codes = Uint32Array.from(Array.from(term), (character) => character.codePointAt(0)!);
  return distance.to(codes, codes.length) <= edits;
}
