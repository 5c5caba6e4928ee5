/**
 * A misspelt word where terms are named whose documents have to be counted (FieldTerms): it counts the documents that hold
 * any term it may be meant for, as if that were one term.
 *
 * The name begins with half a surrogate pair, which no term that a document holds can.
 */
export interface NearWord {
  readonly term: string;
  readonly edits: 1 | 2;
  /** So many characters at the beginning are as they are. */
  readonly prefixLength: number;
}

const mark = '\ud800';
const shape = /^\ud800(1|2)\/(\d{1,6})\/([^]*)$/;

export function nearName({ term, edits, prefixLength }: NearWord): string {
  return `${mark}${edits}/${prefixLength}/${term}`;
}

/** The word that is named so, null for a term. */
export function readNearName(name: string): NearWord | null {
  const found = name.startsWith(mark) ? shape.exec(name) : null;
  if (found === null) return null;
  const [, edits, prefixLength, term] = found;
  return { term: term!, edits: edits === '1' ? 1 : 2, prefixLength: Number(prefixLength) };
}
