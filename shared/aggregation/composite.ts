/**
 * A bucket for each combination of what sources make of documents, page by page in the order of the sources.
 *
 * A part has sent its first `size` buckets after `after`. A bucket among the first `size` of all is among the first of each part
 * that has it, as there are no fewer before it in all than in one: so a page is exact.
 */
import { integerWithin, oneOf, readBoolean, readString } from '../json/readers.ts';
import { listOf, shaped, validateArray, validateProperty, type Validator } from '../json/validators.ts';
import { bytesOfKey, listBytes } from './answer-budget.ts';
import {
  anyThatMatch,
  areBuckets,
  compareKeys,
  mergeBuckets,
  type BucketPartial,
  type BucketResult,
} from './buckets.ts';
import { sayCount } from './say-bounds.ts';
import { firstOf } from './first-of.ts';
import type { AggregationDefinition, AggregationRequests } from './definition.ts';
import { compareTupleKeys, isTupleKey, tupleOfKey, type Tuple } from './tuple-key.ts';
import type { CompositeSource, SourceKind } from './composite/source.ts';
import { compositeSources, sourceDefinitionOf } from './composite/sources.ts';

export type CompositeRequest = {
  readonly kind: 'composite';
  /** At least one, with different names. */
  readonly sources: readonly CompositeSource[];
  /** Buckets of a page. */
  readonly size: number;
  /** The key of the last bucket of the page before. */
  readonly after?: Tuple;
  readonly aggregations: AggregationRequests;
};

export type CompositePartial = {
  readonly kind: 'composite';
  /** Keys are tuples (tuple-key.ts), ascending as strings. */
  readonly buckets: readonly BucketPartial[];
};

interface CompositeResult {
  /** What to ask for the next page with; left out where there are no buckets. */
  readonly after_key?: Readonly<Record<string, unknown>>;
  readonly buckets: readonly BucketResult[];
}

declare module './definition.ts' {
  interface AggregationByKind {
    readonly composite: {
      readonly request: CompositeRequest;
      readonly partial: CompositePartial;
      readonly result: CompositeResult;
    };
  }
}

const readKind = oneOf(Object.keys(compositeSources) as SourceKind[]);
const validateAny = shaped(
  { name: readString, field: readString, descending: readBoolean },
  { missing: oneOf(['first', 'last']) },
);

const validateSource: Validator = (node) => {
  const { validators, optional } = compositeSources[validateProperty(node, 'by', readKind)];
  shaped(validators, optional)(node);
  return validateAny(node);
};

export const composite: AggregationDefinition<'composite'> = {
  nests: true,
  partialKind: 'composite',
  validate: shaped(
    { sources: listOf(validateSource), size: integerWithin(1, Number.MAX_SAFE_INTEGER) },
    { after: validateArray },
  ),
  resultBytes: () => listBytes,
  isPartial: ({ sources, aggregations }, { buckets }, checking) =>
    areBuckets(
      aggregations,
      buckets,
      (key) => isTupleKey(key, sources.length, (value, i) => isKey(sources[i]!, value)),
      checking,
    ),
  *merge({ aggregations }, parts, mergeNested) {
    return { kind: 'composite', buckets: yield* mergeBuckets(aggregations, parts, mergeNested) };
  },
  *finish({ sources, size, aggregations }, { buckets }, finishing) {
    const compare = compareTupleKeys((a, b, i) => compareOfSource(sources[i]!, a, b));
    const page = yield* firstOf(buckets, size, (a, b) => compare(a.key, b.key));
    finishing.take(page.length, aggregations);
    const { missing = null } = finishing;
    const shown: BucketResult[] = [];
    for (const bucket of page) {
      // Without a prototype, because names are callers' words.
      const result: Record<string, unknown> = Object.create(null);
      const key = shownTuple(sources, tupleOfKey(bucket.key));
      finishing.budget.takeBytes(bytesOfKey(key));
      Object.assign(result, { key, doc_count: bucket.count });
      const within = missing && anyThatMatch(bucket.key, missing);
      if (within !== null) Object.assign(result, sayCount({ found: bucket.count }, within));
      shown.push(
        Object.assign(result, yield* finishing.nested(aggregations, bucket.aggregations, { missing: within })),
      );
    }
    const last = page.at(-1);
    return {
      ...(last === undefined ? {} : { after_key: shownTuple(sources, tupleOfKey(last.key)) }),
      buckets: shown,
    };
  },
};

function isKey(source: CompositeSource, value: unknown): boolean {
  return value === null ? source.missing !== undefined : sourceDefinitionOf(source).isKey(source, value);
}

/** Two values of a source in the order asked. */
function compareOfSource({ descending, missing }: CompositeSource, a: Tuple[number], b: Tuple[number]): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === (missing === 'first') ? -1 : 1;
  return descending ? compareKeys(b, a) : compareKeys(a, b);
}

function shownTuple(sources: readonly CompositeSource[], tuple: Tuple): Readonly<Record<string, unknown>> {
  const shown: Record<string, unknown> = Object.create(null);
  for (const [i, source] of sources.entries()) {
    const value = tuple[i]!;
    shown[source.name] = value === null ? null : sourceDefinitionOf(source).show(source, value);
  }
  return shown;
}
