import { compareStrings } from '../../shared/ranking/order.ts';

/** A code unit from here on is where code point order and JavaScript's own order of strings part. */
const beyondUtf16Order = /[\ud800-\uffff]/;

/** Texts as UTF-8, end to end. */
export interface EncodedTexts {
  /** Where each begins in `bytes`, and in the end where the last one ends: one more than there are texts. */
  readonly starts: Uint32Array;
  readonly bytes: Uint8Array;
}

/** Numbers terms as they are first met; the dictionary sorts them at the end. */
export class TermNumbering {
  private readonly numbers = new Map<string, number>();

  /** The number of a term: 0 for the first one met, and so on. */
  numberOf(term: string): number {
    const known = this.numbers.get(term);
    if (known !== undefined) return known;
    const number = this.numbers.size;
    this.numbers.set(term, number);
    return number;
  }

  /** The terms in byte order, and the ordinal in it of each number. */
  finish(): { terms: EncodedTexts; ordinalOf: Uint32Array } {
    const terms = [...this.numbers.keys()];
    // JavaScript's own order is many times faster to sort by, and differs for few texts.
    if (terms.some((term) => beyondUtf16Order.test(term))) terms.sort(compareStrings);
    else terms.sort();
    const ordinalOf = new Uint32Array(terms.length);
    for (let ordinal = 0; ordinal < terms.length; ordinal++) ordinalOf[this.numbers.get(terms[ordinal]!)!] = ordinal;
    return { terms: encodeTerms(terms), ordinalOf };
  }
}

/** The terms end to end as UTF-8. They must be well-formed. */
export function encodeTerms(terms: readonly string[]): EncodedTexts {
  const starts = new Uint32Array(terms.length + 1);
  for (let i = 0; i < terms.length; i++) starts[i + 1] = starts[i]! + Buffer.byteLength(terms[i]!);
  const bytes = Buffer.allocUnsafeSlow(starts[terms.length]!);
  for (let i = 0; i < terms.length; i++) bytes.write(terms[i]!, starts[i]!);
  return { starts, bytes };
}
