/** What pipelines beside an aggregation have in common: the numbers of its buckets, those without one left out. */
import type { Properties } from '../../shared/json/read-object.ts';
import type { Steps } from '../../shared/aggregation/steps.ts';
import type { PipelineScope } from './definition.ts';
import type { Running, Shown } from './shown.ts';
import { gapPolicyDefault, readGapPolicy } from './gap-policy.ts';
import { keyText } from './shown-buckets.ts';

/** Properties that all of them have. */
export const valuesProperties = ['buckets_path', 'gap_policy'] as const;

export interface BucketValue {
  readonly value: number;
  /** Of its bucket, in words. */
  readonly key: string;
}

/** @returns reads the numbers from finished results, in the order of the buckets */
export function readValues(
  properties: Properties<(typeof valuesProperties)[number]>,
  { readPathBeside }: PipelineScope,
): (results: Shown, running: Running) => Steps<readonly BucketValue[]> {
  const { buckets, inBucket } = properties.required('buckets_path', readPathBeside);
  const policy = properties.optional('gap_policy', readGapPolicy, gapPolicyDefault);
  return function* read(results, { work }) {
    const all = buckets(results);
    work.take(all.length);
    const values: BucketValue[] = [];
    for (const bucket of all) {
      if (work.isDue()) yield;
      const value = inBucket.valueIn(bucket, policy);
      if (!Number.isNaN(value)) values.push({ value, key: keyText(bucket) });
    }
    return values;
  };
}

export function sumOfValues(values: readonly BucketValue[]): number {
  return values.reduce((sum, { value }) => sum + value, 0);
}

/** Infinity of none. */
export function leastOf(values: readonly BucketValue[]): number {
  return values.reduce((least, { value }) => Math.min(least, value), Infinity);
}

/** −Infinity of none. */
export function greatestOf(values: readonly BucketValue[]): number {
  return values.reduce((most, { value }) => Math.max(most, value), -Infinity);
}
