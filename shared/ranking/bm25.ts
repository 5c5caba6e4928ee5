/**
 * BM25, as Lucene scores it since version 8 (without the constant factor k1 + 1).
 *
 * Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009); the 1 + in the
 * logarithm is Lucene's.
 */
import { defaultBm25 } from './bm25-parameters.ts';
import type { Bm25Parameters } from './bm25-parameters.ts';

/**
 * Inverse document frequency of a term, in nats, never negative.
 *
 * Both counts must come from the same population: the root sends collection-wide counts, so every leaf weighs a term
 * alike and scores compare between shards.
 *
 * @param documentCount live documents that have the field; at least 1
 * @param documentFrequency live documents that hold the term; 0 to documentCount
 */
export function inverseDocumentFrequency(documentCount: number, documentFrequency: number): number {
  return Math.log(1 + (documentCount - documentFrequency + 0.5) / (documentFrequency + 0.5));
}

/**
 * Score of one term in one document.
 *
 * @param weight the term's inverse document frequency
 * @param termFrequency occurrences of the term in the field; at least 1
 * @param length terms in the field of this document, as its length code says (length-code.ts)
 * @param averageLength mean of the exact lengths over the live documents that have the field
 */
export function bm25(
  weight: number,
  termFrequency: number,
  length: number,
  averageLength: number,
  parameters: Bm25Parameters = defaultBm25,
): number {
  return (weight * termFrequency) / (termFrequency + bm25Norm(length, averageLength, parameters));
}

/** What is added to the frequency in the denominator: it depends on the length only. */
export function bm25Norm(length: number, averageLength: number, { k1, b }: Bm25Parameters = defaultBm25): number {
  return k1 * (1 - b + (b * length) / averageLength);
}

/**
 * Score of a term in a keyword field, where neither length nor repetition says anything: one occurrence in a field of
 * average length.
 */
export function keywordScore(weight: number): number {
  return weight / (1 + defaultBm25.k1);
}
