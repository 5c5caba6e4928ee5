/** Clauses that stand for many terms of a text or keyword field, each match scoring 1: a kind only says which terms. */
import type { Query } from '../../shared/query/query.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import type { TermOrdinals } from '../expand/term-ordinals.ts';
import { PostingBlocks } from '../postings/posting-blocks.ts';
import { atOnce, type Steps } from '../schedule/steps.ts';
import type { Segment } from '../segment/open.ts';
import type { KeywordField } from '../segment/layouts/keyword-layout.ts';
import type { TextField } from '../segment/layouts/text-layout.ts';
import type { ClauseKind } from './clause-kind.ts';
import { iterateSet } from './document-set.ts';
import { isSet, type Expansion } from './expansion.ts';
import { EmptyIterator, type DocumentIterator } from './iterator.ts';
import { PostingIterator } from './posting-iterator.ts';
import { termFieldOf } from '../segment/fields-of.ts';
import { documentsOfTerms } from './terms-documents.ts';

/** @param expandTerms the terms of a dictionary that a clause stands for, in steps */
export function multiTerm<Q extends Query & { readonly field: string }>(
  expandTerms: (dictionary: Dictionary, query: Q) => Steps<TermOrdinals>,
): ClauseKind<Q> {
  function* expand({ segment }: { readonly segment: Segment }, query: Q): Steps<Expansion | null> {
    const field = termFieldOf(segment, query.field);
    if (field === null) return null;
    return yield* documentsOrTerm(segment, field, yield* expandTerms(field.dictionary, query));
  }
  return {
    expand,
    iterate(scope, query) {
      const known = scope.expansionOf(query);
      const expansion = known === undefined ? atOnce(expand(scope, query)) : known;
      return iterateExpansion(scope.segment, query.field, expansion);
    },
  };
}

/** The documents of the terms; of a single one itself, as its postings need not be read before they are walked. */
function* documentsOrTerm(
  segment: Segment,
  field: TextField | KeywordField,
  ordinals: TermOrdinals,
): Steps<Expansion | null> {
  if (ordinals.size === 0) return null;
  if (ordinals.size > 1) return yield* documentsOfTerms(segment, field, ordinals);
  return { kind: 'term', ordinal: ordinals.next(0) };
}

/** The documents of an expansion, each scoring 1. */
export function iterateExpansion(segment: Segment, name: string, expansion: Expansion | null): DocumentIterator {
  if (expansion === null) return new EmptyIterator();
  if (isSet(expansion)) return iterateSet(expansion, segment.documents, 1);
  if (expansion.kind === 'near') return iterateSet(expansion.set, segment.documents, 1);
  const { postings, dictionary } = termFieldOf(segment, name)!;
  return new PostingIterator(new PostingBlocks(postings, dictionary.cursorAt(expansion.ordinal)), 1);
}
