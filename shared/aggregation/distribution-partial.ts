/**
 * How values are distributed: the values themselves while there are at most `exactCountMax`, beyond it how many there are in each bin of a
 * sketch. Which of both, and every byte of it, follows from the values alone, however often each comes.
 */
import { isObject } from '../json/read-object.ts';
import { isWhole } from '../protocol/partial-fields.ts';
import { binOf } from './sketch-bins.ts';

/** So many values are kept as they are. */
export const exactCountMax = 1000;

export type DistributionPartial =
  | {
      readonly kind: 'distribution';
      /** Ascending; −0 is 0. */
      readonly values: readonly number[];
    }
  | { readonly kind: 'distribution'; readonly sketch: Sketch };

export interface Sketch {
  readonly min: number;
  readonly max: number;
  /** How many are 0. */
  readonly zeros: number;
  /**
   * Of the values above 0, of each bin that has any: its distance from the one before it, of the first from bin 0, and how many values there
   * are in it. Bins ascending.
   */
  readonly positive: readonly number[];
  /** The same of the magnitudes of those below 0. */
  readonly negative: readonly number[];
}

const binMin = binOf(5e-324);
const binMax = binOf(Number.MAX_VALUE);

/** Whether fields of what a leaf sent are a distribution. */
export function isDistribution({ values, sketch }: Readonly<Record<string, unknown>>): boolean {
  if (values !== undefined) return sketch === undefined && areAscending(values);
  if (!isObject(sketch)) return false;
  const { min, max, zeros, positive, negative } = sketch;
  if (typeof min !== 'number' || typeof max !== 'number' || min > max || !isWhole(zeros)) return false;
  return areBins(positive) && areBins(negative);
}

function areAscending(values: unknown): boolean {
  if (!Array.isArray(values) || values.length > exactCountMax) return false;
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== 'number' || (i > 0 && values[i] < values[i - 1])) return false;
  }
  return true;
}

function areBins(packed: unknown): boolean {
  if (!Array.isArray(packed) || packed.length % 2 !== 0) return false;
  let bin = 0;
  for (let i = 0; i < packed.length; i += 2) {
    const distance: unknown = packed[i];
    if (!Number.isSafeInteger(distance) || (i > 0 && (distance as number) < 1)) return false;
    bin += distance as number;
    if (bin < binMin || bin > binMax || !isWhole(packed[i + 1]) || packed[i + 1] === 0) return false;
  }
  return true;
}
