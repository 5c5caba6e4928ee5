/** Random metrics over the schema in generate-values.ts. */
import type { Random } from '../../shared/random/random.ts';
import type { FieldKind } from '../../shared/schema/kinds/field-kinds.ts';
import { fieldOf } from './generate-queries.ts';
import { randomValue } from './generate-values.ts';
import type { Json, JsonObject } from './json.ts';

/** Kinds with values one can add up: those of the metrics and histograms. */
export const quantityKinds: readonly FieldKind[] = ['integer', 'float', 'date'];
export const valueKinds: readonly FieldKind[] = ['keyword', 'boolean', ...quantityKinds];

const plainMetrics = ['min', 'max', 'sum', 'avg', 'stats', 'value_count', 'cardinality'];
/** Those with options of their own. */
const others = [
  'extended_stats',
  'weighted_avg',
  'percentiles',
  'percentile_ranks',
  'top_metrics',
  'top_hits',
] as const;
/** Those that take any value. */
const ofAnyKind = ['value_count', 'cardinality'];

export function randomMetric(random: Random): JsonObject {
  if (random.chance(0.4)) return randomOther(random);
  const kind = random.pick(plainMetrics);
  return { [kind]: randomField(random, ofAnyKind.includes(kind) ? valueKinds : quantityKinds) };
}

function randomOther(random: Random): JsonObject {
  const kind = random.pick(others);
  const ofField = randomField(random, quantityKinds);
  const keyed: JsonObject = random.chance(0.5) ? {} : { keyed: random.chance(0.5) };
  switch (kind) {
    case 'extended_stats':
      return { [kind]: { ...ofField, ...(random.chance(0.5) ? { sigma: random.pick([0, 0.5, 3]) } : {}) } };
    case 'weighted_avg': {
      // The one number that no document has several of.
      const weight = { field: 'author.born', ...(random.chance(0.3) ? { missing: random.pick([0, 86_400_000]) } : {}) };
      return { [kind]: { value: ofField, weight } };
    }
    case 'percentiles': {
      const percents = random.shuffle([0, 1, 12.5, 50, 99.9, 100]).slice(0, random.integer(1, 6));
      return { [kind]: { ...ofField, ...keyed, ...(random.chance(0.5) ? { percents } : {}) } };
    }
    case 'percentile_ranks':
      return { [kind]: { ...ofField, ...keyed, values: random.pick<Json>([[0], [-1, 10, 19.99], [1000, 5, 2.5]]) } };
    case 'top_metrics':
      return { [kind]: randomTop(random) };
    case 'top_hits':
      return { [kind]: randomTopHits(random) };
  }
}

function randomTop(random: Random): JsonObject {
  const fields = [...new Set(Array.from({ length: 3 }, () => fieldOf(random, ['keyword', ...quantityKinds])))];
  const metrics = fields.slice(0, random.integer(1, 3)).map((field) => ({ field }));
  const order = {
    order: random.pick(['asc', 'desc']),
    ...(random.chance(0.3) ? { mode: random.pick(['min', 'max']) } : {}),
    ...(random.chance(0.3) ? { missing: random.pick(['first', 'last']) } : {}),
  };
  return {
    metrics: metrics.length === 1 && random.chance(0.5) ? metrics[0]! : metrics,
    sort: { [fieldOf(random, quantityKinds)]: order },
    ...(random.chance(0.7) ? { size: random.integer(1, 5) } : {}),
  };
}

/** By fields: scores are not compared to the last bit. */
function randomTopHits(random: Random): JsonObject {
  const names = [...new Set(Array.from({ length: random.integer(1, 2) }, () => fieldOf(random, valueKinds)))];
  const sort = names.map((name) => ({
    [name]: {
      order: random.pick(['asc', 'desc']),
      ...(random.chance(0.3) ? { mode: random.pick(['min', 'max']) } : {}),
      ...(random.chance(0.3) ? { missing: random.pick(['first', 'last']) } : {}),
    },
  }));
  return {
    sort,
    ...(random.chance(0.3) ? { from: random.integer(0, 3) } : {}),
    ...(random.chance(0.7) ? { size: random.integer(0, 5) } : {}),
    ...(random.chance(0.6) ? { _source: random.pick<Json>([false, 'id', { includes: ['id', 'nothing'] }]) } : {}),
  };
}

/** A field, and sometimes the value that documents without one count with. */
function randomField(random: Random, kinds: readonly FieldKind[]): JsonObject {
  const field = fieldOf(random, kinds);
  return { field, ...(random.chance(0.2) ? { missing: randomValue(random, field) } : {}) };
}
