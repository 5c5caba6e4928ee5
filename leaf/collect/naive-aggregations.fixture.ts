/** Aggregates by reading every document: the slow twin of the collectors. */
import { compareKeys } from '../../shared/aggregation/merge.ts';
import type { AggregationPartial, AggregationPartials } from '../../shared/aggregation/partial.ts';
import type { AggregationRequest, AggregationRequests } from '../../shared/aggregation/request.ts';
import { valuesOf } from './naive-search.fixture.ts';
import type { NaiveDocument } from './naive-search.fixture.ts';

export function naiveAggregations(
  requests: AggregationRequests,
  documents: readonly NaiveDocument[],
): AggregationPartials {
  const partials: Record<string, AggregationPartial> = Object.create(null);
  for (const [name, request] of Object.entries(requests)) partials[name] = naiveAggregation(request, documents);
  return partials;
}

function naiveAggregation(request: AggregationRequest, documents: readonly NaiveDocument[]): AggregationPartial {
  if (request.kind !== 'terms' && request.kind !== 'histogram') {
    const values = documents.flatMap((document) => valuesOf(document, request.field));
    if (request.values === 'string') return metric(values.length, []);
    return metric(values.length, values.map(Number));
  }
  const groups = new Map<string | number, NaiveDocument[]>();
  for (const document of documents) {
    const keys = valuesOf(document, request.field).map((value) =>
      request.kind === 'terms' ? value : Math.floor((Number(value) - request.offset) / request.interval),
    );
    for (const key of new Set(keys)) groups.set(key, [...(groups.get(key) ?? []), document]);
  }
  const buckets = [...groups].map(([key, group]) => ({
    key,
    count: group.length,
    aggregations: naiveAggregations(request.aggregations, group),
  }));
  buckets.sort((a, b) => compareKeys(a.key, b.key));
  if (request.kind === 'histogram') return { kind: 'histogram', buckets };
  const ranked =
    request.order === 'count'
      ? buckets.toSorted((a, b) => b.count - a.count)
      : request.order === 'keyDescending'
        ? buckets.toReversed()
        : buckets;
  const cut = ranked.slice(request.shardSize).map(({ count }) => count);
  return {
    kind: 'terms',
    buckets: ranked.slice(0, request.shardSize).sort((a, b) => compareKeys(a.key, b.key)),
    cutCountMax: Math.max(0, ...cut),
    cutCountSum: cut.reduce((sum, count) => sum + count, 0),
  };
}

function metric(count: number, values: readonly number[]): AggregationPartial {
  const min = values.length === 0 ? null : Math.min(...values);
  const max = values.length === 0 ? null : Math.max(...values);
  return { kind: 'metric', count, sum: values.reduce((sum, value) => sum + value, 0), compensation: 0, min, max };
}

/** The same partials with every sum as one number. */
export function joinSums(partials: AggregationPartials): unknown {
  return Object.entries(partials).map(([name, partial]) => [name, joinPartial(partial)]);
}

function joinPartial(partial: AggregationPartial): unknown {
  if (partial.kind === 'metric') {
    const { sum, compensation, ...rest } = partial;
    return { ...rest, sum: sum + compensation };
  }
  const buckets = partial.buckets.map(({ key, count, aggregations }) => ({
    key,
    count,
    nested: joinSums(aggregations),
  }));
  return { ...partial, buckets };
}
