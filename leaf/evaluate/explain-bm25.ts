/** The part of an explanation that is BM25: see shared/ranking/bm25.ts for the formulas. */
import { ownValue } from '../../shared/json/own-value.ts';
import type { Query } from '../../shared/query/query.ts';
import { nearName } from '../../shared/query/near-name.ts';
import { defaultBm25 } from '../../shared/ranking/bm25-parameters.ts';
import { keywordScore } from '../../shared/ranking/bm25.ts';
import type { Explanation } from '../../shared/ranking/explanation.ts';
import { fieldStatisticsOf, frequencyOf } from '../../shared/ranking/statistics.ts';
import { lengthOfCode } from '../score/length-code.ts';
import { averageLength, lengthNorms, termWeight } from '../score/scoring.ts';
import type { ScoringContext } from '../score/scoring.ts';
import type { Segment, TextField } from '../segment/open.ts';
import { clause } from './evaluate.ts';
import type { Explainer } from './explain.ts';
import { NearIterator } from './near-iterator.ts';
import { PhraseIterator } from './phrase-iterator.ts';
import { TextTermIterator } from './term-iterator.ts';

type TermQuery = Extract<Query, { kind: 'term' }>;
type FuzzyQuery = Extract<Query, { kind: 'fuzzy' }>;
type PhraseQuery = Extract<Query, { kind: 'phrase' }>;

export function explainTerm(segment: Segment, query: TermQuery, scoring: ScoringContext): Explainer {
  const iterator = clause(segment, query, scoring);
  const field = segment.fieldsByName.get(query.field);
  const name = `${query.field}:${query.term}`;
  const weight = explainWeight(scoring, query);
  return (docId) => {
    if (iterator.advance(docId, docId + 1) !== docId) return null;
    if (field?.kind !== 'text' || !(iterator instanceof TextTermIterator)) {
      const description = `keyword ${name}: idf / (1 + k1)`;
      return { value: keywordScore(weight.value), description, details: [weight, leaf(defaultBm25.k1, 'k1')] };
    }
    const frequency = leaf(iterator.frequency, 'frequency: occurrences of the term in the field');
    return bm25Of(`term ${name}`, weight, frequency, explainNorm(scoring, query.field, field, docId));
  };
}

export function explainPhrase(segment: Segment, query: PhraseQuery, scoring: ScoringContext): Explainer {
  const iterator = clause(segment, query, scoring);
  const field = segment.fieldsByName.get(query.field);
  const slots = query.terms.map((slot) => (typeof slot === 'string' ? slot : slot.join('|')));
  const name = `phrase ${query.field}:"${slots.join(' ')}"`;
  const weight = explainPhraseWeight(query, scoring);
  return (docId) => {
    if (iterator.advance(docId, docId + 1) !== docId) return null;
    if (field?.kind !== 'text' || !(iterator instanceof PhraseIterator)) throw new Error('a phrase of no text');
    const frequency = leaf(iterator.frequency, 'frequency: occurrences of the phrase, sloppy ones counting less');
    return bm25Of(name, weight, frequency, explainNorm(scoring, query.field, field, docId));
  };
}

export function explainFuzzy(segment: Segment, query: FuzzyQuery, scoring: ScoringContext): Explainer {
  const iterator = clause(segment, query, scoring);
  const field = segment.fieldsByName.get(query.field);
  const name = `${query.field}:${query.term}~${query.edits}`;
  const weight = explainWeight(scoring, { ...query, term: nearName(query) }, name);
  return (docId) => {
    if (iterator.advance(docId, docId + 1) !== docId) return null;
    if (!(iterator instanceof NearIterator)) throw new Error('a misspelt word without frequencies');
    const frequency = leaf(iterator.frequency, 'frequency: occurrences, 1/2 for one edit and 1/4 for two');
    const norm =
      field?.kind === 'text'
        ? explainNorm(scoring, query.field, field, docId)
        : leaf(iterator.norm, 'k1, as for a keyword of average length');
    return bm25Of(`fuzzy ${name}`, weight, frequency, norm);
  };
}

function bm25Of(name: string, weight: Explanation, frequency: Explanation, norm: Explanation): Explanation {
  const value = (weight.value * frequency.value) / (frequency.value + norm.value);
  const description = `${name}: (idf × frequency) / (frequency + norm)`;
  return { value, description, details: [weight, frequency, norm] };
}

/** @param name what it is shown as */
function explainWeight(
  scoring: ScoringContext,
  { field, term }: { readonly field: string; readonly term: string },
  name = `${field}:${term}`,
): Explanation {
  const { statistics } = scoring;
  return {
    value: termWeight(scoring, field, term),
    description: `idf of ${name} = ln(1 + (N − n + 0.5) / (n + 0.5))`,
    details: [
      leaf(fieldStatisticsOf(statistics, field).documents, 'N: live documents with the field'),
      leaf(frequencyOf(statistics, field, term), 'n: live documents with the term'),
    ],
  };
}

/** A term that stands in a slot twice counts once. */
function explainPhraseWeight({ field, terms }: PhraseQuery, scoring: ScoringContext): Explanation {
  const slots = terms.map((slot) => [...new Set(typeof slot === 'string' ? [slot] : slot)]);
  const details = slots.flat().map((term) => explainWeight(scoring, { field, term }));
  const value = details.reduce((sum, part) => sum + part.value, 0);
  return { value, description: 'idf of the phrase: the sum of those of its terms', details };
}

function explainNorm(scoring: ScoringContext, name: string, field: TextField, docId: number): Explanation {
  const code = field.lengthCodes[docId]!;
  const { k1, b } = ownValue(scoring.similarities, name) ?? defaultBm25;
  return {
    value: lengthNorms(scoring, name)[code]!,
    description: 'norm = k1 × (1 − b + b × length / average)',
    details: [
      leaf(k1, 'k1'),
      leaf(b, 'b'),
      leaf(lengthOfCode[code]!, 'length: terms in the field, as one byte holds it'),
      leaf(averageLength(scoring, name), 'average: mean length of the field'),
    ],
  };
}

function leaf(value: number, description: string): Explanation {
  return { value, description };
}
