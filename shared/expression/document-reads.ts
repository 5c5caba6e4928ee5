/** What an expression may read of a document. */

/** Of a field: its least value, how many it has, or whether it has none (1 or 0); or the score of the document. */
export type DocumentRead =
  | { readonly of: 'score' }
  | { readonly of: 'value' | 'size' | 'empty'; readonly field: string };

/** A read as it is written, by its plainest name. */
export function textOfRead(read: DocumentRead): string {
  if (read.of === 'score') return '_score';
  return `doc['${read.field}'].${read.of === 'size' ? 'size()' : read.of}`;
}

/** The names that stand after `doc['field'].`, with parentheses behind those that have some in Painless. */
export const fieldReads: ReadonlyMap<string, { readonly of: 'value' | 'size' | 'empty'; readonly isCall: boolean }> =
  new Map([
    ['value', { of: 'value', isCall: false }],
    ['size', { of: 'size', isCall: true }],
    ['length', { of: 'size', isCall: false }],
    ['empty', { of: 'empty', isCall: false }],
    ['isEmpty', { of: 'empty', isCall: true }],
  ]);

/** Hands out a place for each thing that is read, the same one for the same thing. */
export class DocumentReads {
  /** Whether there is a score to be read. */
  readonly hasScore: boolean;
  private readonly found: DocumentRead[] = [];

  constructor(hasScore: boolean) {
    this.hasScore = hasScore;
  }

  /** What was read so far, in the order of its places. */
  get all(): readonly DocumentRead[] {
    return this.found;
  }

  placeOf(read: DocumentRead): number {
    const known = this.found.findIndex((other) => isSame(other, read));
    return known >= 0 ? known : this.found.push(read) - 1;
  }
}

function isSame(a: DocumentRead, b: DocumentRead): boolean {
  return a.of === 'score' || b.of === 'score' ? a.of === b.of : a.of === b.of && a.field === b.field;
}
