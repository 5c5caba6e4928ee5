/** Aggregations, straight from the JSON a caller sends, over the documents that match; the answer in the caller's shape. */
import type { AggregationKind } from '../../shared/aggregation/definition.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { type Collection, fieldNamed, type StoredDocument } from './collection.ts';
import { isAnalyzed } from './field-kinds.ts';
import { asObject, asText, type Json, type JsonObject, onlyEntry } from './json.ts';
import { metrics, ofSeveralFields } from './metrics.ts';
import { compositeAnswer, multiTermsAnswer } from './tuple-aggregations.ts';
import { termsAnswer } from './terms-aggregations.ts';
import { dateHistogram, histogram } from './histograms.ts';
import { dateRange, ipRange, range } from './ranges.ts';
import { filterAnswers } from './filter-aggregations.ts';
import { isPipeline, withBeside, withInside } from './pipelines.ts';

/** Results by the caller's names. */
export function aggregate(
  collection: Collection,
  documents: readonly StoredDocument[],
  requests: JsonObject,
): JsonObject {
  const own = Object.entries(requests).filter(([, request]) => !isPipeline(request));
  const results = Object.fromEntries(own.map(([name, request]) => [name, one(collection, documents, request)]));
  return withBeside(results, requests);
}

function one(collection: Collection, documents: readonly StoredDocument[], json: Json): JsonObject {
  return withInside(withoutPipelines(collection, documents, json), subRequests(asObject(json)));
}

function subRequests(request: JsonObject): JsonObject {
  return asObject(request['aggs'] ?? request['aggregations'] ?? {});
}

function withoutPipelines(collection: Collection, documents: readonly StoredDocument[], json: Json): JsonObject {
  const request = asObject(json);
  const children = subRequests(request);
  const rest = Object.entries(request).filter(([name]) => name !== 'aggs' && name !== 'aggregations');
  const [kind, body] = onlyEntry(Object.fromEntries(rest));
  const below = (inBucket: readonly StoredDocument[]): JsonObject => aggregate(collection, inBucket, children);
  if (isFilterKind(kind)) return filterAnswers[kind](collection, documents, body, below);
  if (kind === 'multi_terms') return multiTermsAnswer(collection, documents, asObject(body), below);
  if (kind === 'composite') return compositeAnswer(collection, documents, asObject(body), below);
  const whole = ofSeveralFields[kind as keyof typeof ofSeveralFields];
  if (whole !== undefined) return whole(collection, documents, asObject(body));
  const field = fieldNamed(collection.schema, asText(asObject(body)['field']));
  if (isAnalyzed(field)) throw new Error('the oracle does not aggregate a text');
  if (!Object.hasOwn(answers, kind)) throw new Error(`the oracle does not know the aggregation ${kind}`);
  return answers[kind as keyof typeof answers](documents, field, asObject(body), below, collection.documents);
}

type FilterKind = keyof typeof filterAnswers;

function isFilterKind(kind: string): kind is FilterKind {
  return Object.hasOwn(filterAnswers, kind);
}

type Answer = (
  documents: readonly StoredDocument[],
  field: IndexedField,
  body: JsonObject,
  below: (documents: readonly StoredDocument[]) => JsonObject,
  all: readonly StoredDocument[],
) => JsonObject;

type OfOneField = Exclude<AggregationKind, 'multi_terms' | 'composite' | keyof typeof ofSeveralFields | FilterKind>;

const answers: Readonly<Record<OfOneField, Answer>> = {
  terms: termsAnswer,
  histogram,
  date_histogram: dateHistogram,
  range,
  date_range: dateRange,
  ip_range: ipRange,
  ...metrics,
};
