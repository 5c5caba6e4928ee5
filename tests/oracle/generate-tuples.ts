/** Random aggregations by several values, over the schema in generate-values.ts. */
import type { Random } from '../../shared/random/random.ts';
import { knownValue, randomListing } from './generate-terms.ts';
import { fieldsOfKind } from './generate-values.ts';
import type { Json, JsonObject } from './json.ts';

export function randomMultiTerms(random: Random, fieldOf: () => string, aggs: JsonObject): JsonObject {
  const terms = Array.from({ length: random.integer(2, 3) }, () => {
    const field = fieldOf();
    return { field, ...(random.chance(0.3) ? { missing: knownValue(random, field) } : {}) };
  });
  // Where they are asked for is at the top.
  return { terms, ...randomListing(random, { aggs, isAtTop: true }) };
}

export function randomComposite(random: Random, fieldOf: () => string): JsonObject {
  const after: Record<string, Json> = {};
  const sources = ['a', 'by tag', 'c'].slice(0, random.integer(1, 3)).map((name): JsonObject => {
    const field = fieldOf();
    const isQuantity = (['integer', 'float', 'date'] as const).some((kind) => fieldsOfKind[kind].includes(field));
    const options: Record<string, Json> = { field };
    if (random.chance(0.5)) options['order'] = random.pick(['asc', 'desc']);
    if (random.chance(0.5)) options['missing_bucket'] = random.chance(0.8);
    const hasMissing = options['missing_bucket'] === true;
    if (hasMissing && random.chance(0.5)) options['missing_order'] = random.pick(['first', 'last', 'default']);
    const isHistogram = isQuantity && random.chance(0.5);
    const isDate = fieldsOfKind.date.includes(field) && random.chance(0.5);
    if (isDate) Object.assign(options, randomDates(random));
    else if (isHistogram) {
      const interval = fieldsOfKind.date.includes(field) ? 30 * 86_400_000 : random.pick([2.5, 8, 0.1]);
      options['interval'] = interval;
      if (random.chance(0.3)) options['offset'] = interval / 4;
    }
    const kind = isDate ? 'date_histogram' : isHistogram ? 'histogram' : 'terms';
    after[name] = hasMissing && random.chance(0.3) ? null : keyOf(random, field, options, kind);
    return { [name]: { [kind]: options } };
  });
  return {
    sources,
    ...(random.chance(0.7) ? { size: random.pick([1, 5, 50]) } : {}),
    ...(random.chance(0.5) ? { after } : {}),
  };
}

/** What a source of dates has besides. By days, months and years they can be shown as days, where these begin with midnight. */
function randomDates(random: Random): JsonObject {
  if (random.chance(0.3)) {
    const offset: JsonObject = random.chance(0.5) ? { offset: '+6h' } : {};
    return {
      fixed_interval: random.pick(['90m', '36h', '30d']),
      time_zone: random.pick(['-03:30', 'Europe/Paris']),
      ...offset,
    };
  }
  const calendar = random.pick(['day', '1d', 'week', 'month', '1M', 'quarter', 'year', '1y']);
  const zone: JsonObject = random.chance(0.6) ? { time_zone: random.pick(['Europe/Paris', 'Asia/Kolkata']) } : {};
  return { calendar_interval: calendar, ...zone, ...(random.chance(0.4) ? { format: 'yyyy-MM-dd' } : {}) };
}

function keyOf(random: Random, field: string, options: JsonObject, kind: string): Json {
  if (kind === 'terms') return knownValue(random, field);
  const isDate = fieldsOfKind.date.includes(field);
  if (!isDate) return random.integer(-80, 80) / 8;
  const ms = random.integer(0, 20_000) * 86_400_000;
  return options['format'] === undefined ? ms : new Date(ms).toISOString().slice(0, 10);
}
