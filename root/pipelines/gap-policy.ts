import { oneOf } from '../../shared/json/readers.ts';

/**
 * What stands for the number of a bucket without documents, or of one that has no number: nothing, zero, or whatever the
 * number is.
 */
export const gapPolicies = ['skip', 'insert_zeros', 'keep_values'] as const;
export type GapPolicy = (typeof gapPolicies)[number];

export const gapPolicyDefault: GapPolicy = 'skip';

export const readGapPolicy = oneOf(gapPolicies);

/** @param value NaN where there is none. NaN comes back where the bucket has nothing to say. */
export function filledGap(policy: GapPolicy, documents: number, value: number): number {
  const isGap = documents === 0 || Number.isNaN(value);
  if (!isGap || policy === 'keep_values') return value;
  return policy === 'insert_zeros' ? 0 : NaN;
}
