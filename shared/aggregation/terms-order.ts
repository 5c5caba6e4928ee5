/** The order in which buckets of terms are listed. */
import { oneOf, readBoolean } from '../json/readers.ts';
import { listOf, shaped, validateProperty, validateStrings, type Validator } from '../json/validators.ts';

export interface OrderByMetric {
  readonly by: 'metric';
  /** Names of aggregations in the bucket, from the outermost: buckets of one kind each, and what is asked of the last. */
  readonly path: readonly string[];
  /** Where the number stands in its result, such as `value`, or `values` and `99.0`. */
  readonly property: readonly string[];
  readonly descending: boolean;
}

export type TermsOrderKey = { readonly by: 'count' | 'key'; readonly descending: boolean } | OrderByMetric;

/** From the first key on; where all are equal, the key of the bucket ascending. At least one. */
export type TermsOrder = readonly TermsOrderKey[];

export const byCount: TermsOrder = [{ by: 'count', descending: true }];

const validatePlain = shaped({ descending: readBoolean });
const validateByMetric = shaped({ descending: readBoolean, path: validateStrings, property: validateStrings });

export const validateTermsOrder: Validator = listOf((node) => {
  const by = validateProperty(node, 'by', oneOf(['count', 'key', 'metric']));
  return by === 'metric' ? validateByMetric(node) : validatePlain(node);
});

/** Negative where the first is less. */
type Compare<T> = (a: T, b: T) => number;

interface Comparisons<T> {
  readonly count: Compare<T>;
  readonly key: Compare<T>;
  /** In the direction of the key: where there is no number, it is last in both. */
  readonly metric: (key: OrderByMetric) => Compare<T>;
}

/** A total order, as keys differ. */
export function compareBy<T>(order: TermsOrder, ascending: Comparisons<T>): Compare<T> {
  const compares = order.map((key): Compare<T> => {
    if (key.by === 'metric') return ascending.metric(key);
    const compare = ascending[key.by];
    return key.descending ? (a, b) => compare(b, a) : compare;
  });
  compares.push(ascending.key);
  if (compares.length === 2) {
    const [first, second] = compares as [Compare<T>, Compare<T>];
    return (a, b) => first(a, b) || second(a, b);
  }
  return (a, b) => {
    for (const compare of compares) {
      const found = compare(a, b);
      if (found !== 0) return found;
    }
    return 0;
  };
}

/**
 * Whether the first buckets of each part in this order are enough to know how far off the list may be. The rarest of all need not be
 * among the rarest of each, and a metric of a part says nothing of that of all.
 */
export function isBoundedByFirst(order: TermsOrder): boolean {
  return order[0]!.by === 'key' || isByLargest(order);
}

/** Whether the terms with the most documents come first. */
export function isByLargest(order: TermsOrder): boolean {
  const first = order[0]!;
  return first.by === 'count' && first.descending;
}
