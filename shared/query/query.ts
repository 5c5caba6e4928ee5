import { nearName } from './near-name.ts';

/**
 * The query a leaf evaluates: what is left of a search request once names are resolved, values read and text
 * analysed. The root makes it (root/query), tasks carry it as JSON, leaves evaluate it (leaf/evaluate) and the oracle
 * evaluates it naively.
 *
 * Scores: `term` gives BM25 (see ranking/bm25.ts); `all`, `numbers`, `keywords`, ranges, `prefix`, `wildcard`, `exists` and `ids`
 * give 1; `bool` gives the sum of its matching `must` and then `should` clauses in the order written; `filter` and
 * `mustNot` give nothing; a `bool` without matching scored clauses gives 0. `fuzzy`, `boosted`, `constantScore` and `disMax`
 * say themselves.
 */
export type Query =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  /** Documents whose text or keyword field holds exactly this term. */
  | { readonly kind: 'term'; readonly field: string; readonly term: string }
  /** Documents whose text or keyword field holds any of these terms. */
  | { readonly kind: 'keywords'; readonly field: string; readonly terms: readonly string[] }
  /** Documents with any of these values in a field of numbers (see schema/layouts.ts). */
  | { readonly kind: 'numbers'; readonly field: string; readonly values: readonly number[] }
  /** Documents with a value in the range; an absent bound is open. */
  | {
      readonly kind: 'numberRange';
      readonly field: string;
      readonly low?: number;
      readonly lowInclusive: boolean;
      readonly high?: number;
      readonly highInclusive: boolean;
    }
  /** The same for a keyword field, in code point order (see ranking/order.ts). */
  | {
      readonly kind: 'keywordRange';
      readonly field: string;
      readonly low?: string;
      readonly lowInclusive: boolean;
      readonly high?: string;
      readonly highInclusive: boolean;
    }
  /** Documents with a term of a text or keyword field that begins so. */
  | { readonly kind: 'prefix'; readonly field: string; readonly prefix: string }
  /** Documents with a term of a text or keyword field that matches: `*`, `?`, a backslash before what is meant as it is. */
  | { readonly kind: 'wildcard'; readonly field: string; readonly pattern: string }
  /**
   * Documents with a term within so many edits of another one, of which the first `prefixLength` characters are as they
   * are. Scores BM25 as if all these were one term: its documents are those that hold any of them, and an occurrence counts
   * 1, ½ or ¼ by its edits (see ranking/near-frequency.ts).
   */
  | {
      readonly kind: 'fuzzy';
      readonly field: string;
      readonly term: string;
      readonly edits: 1 | 2;
      readonly prefixLength: number;
    }
  /**
   * Documents whose text field holds the terms one after the other; in place of a term any of several may stand. With
   * `slop` they may be apart or swapped: see leaf/evaluate/phrase-frequency.ts. Scores BM25 with the phrase's frequency,
   * the phrase weighing what its terms weigh together.
   */
  | {
      readonly kind: 'phrase';
      readonly field: string;
      readonly terms: readonly (string | readonly string[])[];
      /** Where each term stands in the phrase, ascending from 0, where left-out words leave gaps; else 0, 1, 2, … */
      readonly positions?: readonly number[];
      readonly slop: number;
    }
  /** Documents with at least one value of the field; an empty string is a value. */
  | { readonly kind: 'exists'; readonly field: string }
  | { readonly kind: 'ids'; readonly keys: readonly string[] }
  /**
   * Documents that match every `must` and `filter`, no `mustNot`, and, where there is neither `must` nor `filter` but
   * some `should`, at least one `should`. With no positive clause at all every document but those of `mustNot`. Of the
   * `should` clauses at least `minimumShouldMatch` match, where that is there; no more than there are can.
   */
  | {
      readonly kind: 'bool';
      readonly must: readonly Query[];
      readonly should: readonly Query[];
      readonly filter: readonly Query[];
      readonly mustNot: readonly Query[];
      readonly minimumShouldMatch?: number;
    }
  /** The same documents, their scores times `boost`, which is at least 0. */
  | { readonly kind: 'boosted'; readonly query: Query; readonly boost: number }
  /** The same documents, each with this score. */
  | { readonly kind: 'constantScore'; readonly query: Query; readonly score: number }
  /** Documents that match any. The score is the greatest, plus `tieBreaker` (0 to 1) times the sum of the others. */
  | { readonly kind: 'disMax'; readonly queries: readonly Query[]; readonly tieBreaker: number };

/** How many of the `should` clauses of a `bool` have to match. */
export function shouldMatchMin(query: Extract<Query, { kind: 'bool' }>): number {
  const required = query.must.length + query.filter.length > 0;
  return Math.max(query.minimumShouldMatch ?? 0, required || query.should.length === 0 ? 0 : 1);
}

/** Terms by field; where they are counted, misspelt words too (near-name.ts). */
export type FieldTerms = Readonly<Record<string, readonly string[]>>;

/** The terms whose document frequencies scoring needs, each once: those of `term`, `phrase` and `fuzzy` queries outside what gives no score. */
export function scoringTerms(query: Query): FieldTerms {
  const found = new Map<string, Set<string>>();
  const add = (field: string, term: string): void => {
    let terms = found.get(field);
    if (terms === undefined) found.set(field, (terms = new Set()));
    terms.add(term);
  };
  const visit = (node: Query): void => {
    if (node.kind === 'term') add(node.field, node.term);
    else if (node.kind === 'fuzzy') add(node.field, nearName(node));
    else if (node.kind === 'phrase') {
      for (const term of node.terms.flat()) add(node.field, term);
    } else if (node.kind === 'bool') {
      for (const child of [...node.must, ...node.should]) visit(child);
    } else if (node.kind === 'boosted') visit(node.query);
    else if (node.kind === 'disMax') node.queries.forEach(visit);
  };
  visit(query);
  return Object.fromEntries([...found].map(([field, terms]) => [field, [...terms]]));
}
