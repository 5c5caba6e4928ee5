/** The mean of the values of a field, each counted as often as another field says. */
import { readString } from '../json/readers.ts';
import { shaped, validateNumber } from '../json/validators.ts';
import { nearestDouble, quotient } from './binary.ts';
import type { AggregationDefinition } from './definition.ts';
import { binaryOfSum, finite, isSum, SumAccumulator, type Sum } from './sum.ts';

/** A field, and the value of documents that have none in it; without one they are left out. */
export interface FieldOrMissing {
  readonly field: string;
  readonly missing?: number;
}

export type WeightedAvgRequest = {
  readonly kind: 'weighted_avg';
  /** Each value of an array counts with the weight of its document. */
  readonly value: FieldOrMissing;
  /** A document has at most one. */
  readonly weight: FieldOrMissing;
};

export type WeightedAvgPartial = {
  readonly kind: 'weighted_avg';
  /** Sum of the products of value and weight. */
  readonly products: Sum;
  /** Sum of the weights, each as often as its document has values. */
  readonly weights: Sum;
};

declare module './definition.ts' {
  interface AggregationByKind {
    readonly weighted_avg: {
      readonly request: WeightedAvgRequest;
      readonly partial: WeightedAvgPartial;
      /** `null` where the weights add up to 0. */
      readonly result: { readonly value: number | null };
    };
  }
}

/** A number with its name. */
const resultBytes = 28;

const validateField = shaped({ field: readString }, { missing: validateNumber });

export const weightedAvg: AggregationDefinition<'weighted_avg'> = {
  nests: false,
  partialKind: 'weighted_avg',
  validate: shaped({ value: validateField, weight: validateField }),
  resultBytes: () => resultBytes,
  isPartial: (_request, { products, weights }) => isSum(products) && isSum(weights),
  merge: (_request, parts) => ({
    kind: 'weighted_avg',
    products: added(parts.map(({ products }) => products)),
    weights: added(parts.map(({ weights }) => weights)),
  }),
  finish: (_request, { products, weights }) => {
    const divisor = binaryOfSum(weights);
    if (divisor.digits === 0n) return { value: null };
    return { value: finite(nearestDouble(quotient(binaryOfSum(products), divisor))) };
  },
};

function added(sums: readonly Sum[]): Sum {
  const total = new SumAccumulator();
  for (const each of sums) total.addSum(each);
  return total.sum();
}
