/**
 * Scores of the documents that a term index found, and the best of them. The same formula and the same order of additions
 * as on the leaves of a document index. Pure.
 *
 * Cost: a pass over the matches for each node that scores, and one over each scored term's postings.
 */
import type { Similarities } from '../../shared/protocol/tasks/search.ts';
import { partsOf, type PlacedTerm, type SetExpression } from '../../shared/query/set-expression.ts';
import { keywordScore } from '../../shared/ranking/bm25.ts';
import type { Statistics } from '../../shared/ranking/statistics.ts';
import type { GatheredPostings, GatheredSets } from './gathered-sets.ts';
import type { SetPlan } from './plan-sets.ts';
import type { ScoreNode } from './score-node.ts';
import { normsOfField, weightOfTerm } from './term-weights.ts';

export interface RankInput {
  readonly plan: SetPlan;
  readonly sets: GatheredSets;
  readonly statistics: Statistics;
  readonly similarities: Similarities;
}

/** The score of each of the matches, in their order. */
export function scoreMatches(input: RankInput, score: ScoreNode, matches: Uint32Array): Float64Array {
  return new Scorer(input, matches).score(score);
}

class Scorer {
  private readonly terms: readonly PlacedTerm[];
  private readonly sets: GatheredSets;
  private readonly matches: Uint32Array;
  private readonly statistics: Statistics;
  private readonly similarities: Similarities;
  private readonly nodes = new Map<number, SetExpression>();

  constructor({ plan, sets, statistics, similarities }: RankInput, matches: Uint32Array) {
    this.terms = plan.terms;
    this.sets = sets;
    this.matches = matches;
    this.statistics = statistics;
    this.similarities = similarities;
    this.number(plan.expression);
  }

  private number(node: SetExpression): void {
    this.nodes.set(node.id, node);
    for (const part of partsOf(node)) this.number(part);
  }

  /** 0 for the matches that the node does not match. */
  score(node: ScoreNode): Float64Array {
    switch (node.kind) {
      case 'text':
        return this.scoreText(node.term);
      case 'keyword':
        return this.constant(node.id, keywordScore(this.weightOf(node.term)));
      case 'constant':
        return this.constant(node.id, node.score);
      case 'boosted':
        return this.score(node.of).map((score) => score * node.boost);
      case 'sum':
        return this.where(node.id, this.sum(node.of));
      case 'best':
        return this.best(node.of, node.tieBreaker);
    }
  }

  private sum(parts: readonly ScoreNode[]): Float64Array {
    const sums = new Float64Array(this.matches.length);
    for (const part of parts) {
      const scores = this.score(part);
      for (let i = 0; i < sums.length; i++) sums[i]! += scores[i]!;
    }
    return sums;
  }

  private best(parts: readonly ScoreNode[], tieBreaker: number): Float64Array {
    const most = new Float64Array(this.matches.length);
    const sums = new Float64Array(this.matches.length);
    for (const part of parts) {
      const scores = this.score(part);
      for (let i = 0; i < sums.length; i++) {
        sums[i]! += scores[i]!;
        if (scores[i]! > most[i]!) most[i] = scores[i]!;
      }
    }
    return most.map((score, i) => score + tieBreaker * (sums[i]! - score));
  }

  private scoreText(term: number): Float64Array {
    const scores = new Float64Array(this.matches.length);
    const postings = this.sets.postingsOf(term);
    if (postings === undefined) return scores;
    addScores(scores, this.matches, postings, {
      weight: this.weightOf(term),
      norms: normsOfField(this.statistics, this.similarities, this.terms[term]!.field),
    });
    return scores;
  }

  private weightOf(term: number): number {
    const { field, term: text } = this.terms[term]!;
    return weightOfTerm(this.statistics, field, text);
  }

  private constant(id: number, score: number): Float64Array {
    return this.where(id, new Float64Array(this.matches.length).fill(score));
  }

  /** The scores of the matches that a node matches, 0 for the others. */
  private where(id: number, scores: Float64Array): Float64Array {
    const documents = this.sets.certain(this.nodes.get(id)!).toUint32Array();
    const { matches } = this;
    let at = 0;
    for (let i = 0; i < matches.length; i++) {
      const ordinal = matches[i]!;
      while (at < documents.length && documents[at]! < ordinal) at++;
      if (documents[at] !== ordinal) scores[i] = 0;
    }
    return scores;
  }
}

/** Both ascend, so one pass over both finds what they share. */
function addScores(
  scores: Float64Array,
  matches: Uint32Array,
  { documents, frequencies, lengthCodes }: GatheredPostings,
  { weight, norms }: { readonly weight: number; readonly norms: Float64Array },
): void {
  let at = 0;
  for (let i = 0; i < matches.length; i++) {
    const ordinal = matches[i]!;
    while (at < documents.length && documents[at]! < ordinal) at++;
    if (at === documents.length) return;
    if (documents[at] !== ordinal) continue;
    const frequency = frequencies[at]!;
    scores[i]! += (weight * frequency) / (frequency + norms[lengthCodes[at]!]!);
  }
}
