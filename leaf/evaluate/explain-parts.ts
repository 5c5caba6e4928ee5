import type { Explanation } from '../../shared/ranking/explanation.ts';
import type { Explainer } from './clause-kind.ts';

/** What of several explainers matches, in their order. */
export function explainAll(explainers: readonly Explainer[], docId: number): Explanation[] {
  return explainers.map((explain) => explain(docId)).filter((explanation) => explanation !== null);
}

/** In the order written, as scores add. */
export function sumOf(parts: readonly Explanation[]): number {
  let sum = 0;
  for (const { value } of parts) sum += value;
  return sum;
}
