/** Reading the schema of a roll-up index: `{"dimensions": {name: {…}}, "metrics": {name: {…}}}`. */
import { readEntries, readObject } from '../json/read-object.ts';
import { oneOf, type Reader } from '../json/readers.ts';
import type { RequestNode } from '../json/request-node.ts';
import { limits } from '../limits.ts';
import { checkFieldPath } from '../schema/field-names.ts';
import { fieldCollisions } from '../schema/collisions.ts';
import { definitionOf, kindsThat } from '../schema/kinds/field-kinds.ts';
import { dimensionKinds, keepable, visibleFields, type Dimension, type Metric } from './rollup-schema.ts';
import type { RollupSchema } from './rollup-schema.ts';

/** Intervals with a name, in milliseconds; a week and a month are not of one length everywhere. */
export const namedIntervals = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

const intervalMsMax = 366 * namedIntervals.day;

/** @throws SheafError REQUEST_…, SCHEMA_INVALID with the reason in detail */
export function readRollupSchema(node: RequestNode): RollupSchema {
  const properties = readObject(node, ['dimensions', 'metrics']);
  const schema: RollupSchema = {
    dimensions: properties.required('dimensions', (each) => readNamed(each, readDimension)),
    metrics: properties.optional('metrics', (each) => readNamed(each, readMetric), {}),
  };
  const { dimensions, metrics } = schema;
  if (Object.keys(dimensions).length === 0) {
    throw node.fault('SCHEMA_INVALID', { reason: 'a roll-up has at least one dimension' });
  }
  const both = Object.keys(metrics).find((name) => Object.hasOwn(dimensions, name));
  if (both !== undefined)
    throw node.fault('SCHEMA_INVALID', { reason: 'a dimension and a metric have one name', both });
  const [collision] = fieldCollisions(visibleFields(schema));
  if (collision !== undefined) {
    const reason = 'a field cannot lie inside another, whose values would have to be objects';
    throw node.fault('SCHEMA_INVALID', { reason, ...collision });
  }
  const count = Object.keys(dimensions).length + Object.keys(metrics).length;
  if (count > limits.rollupFieldsMax) {
    const reason = 'more dimensions and metrics than the limit';
    throw node.fault('SCHEMA_INVALID', { reason, limit: limits.rollupFieldsMax, actual: count });
  }
  return schema;
}

/** Names ascend in the result. */
function readNamed<T>(node: RequestNode, reader: Reader<T>): Record<string, T> {
  const entries = readEntries(node).map(({ name, node: each }): [string, T] => {
    checkFieldPath(each, name);
    return [name, reader(each)];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `{"kind", "interval"?, "arrivedAt"?}`, the last two of a kind of time. */
function readDimension(node: RequestNode): Dimension {
  const properties = readObject(node, ['kind', 'interval', 'arrivedAt']);
  const kind = properties.required('kind', oneOf(dimensionKinds));
  const ofTime = <T>(reader: Reader<T>): Reader<T> => {
    return (option) => {
      if (definitionOf(kind).isTime) return reader(option);
      const times = kindsThat(({ isTime }) => isTime).join(' or ');
      throw option.fault('SCHEMA_INVALID', { reason: `only a ${times} has this option`, kind });
    };
  };
  const interval = properties.optional('interval', ofTime(readInterval), undefined);
  const arrivedAt = properties.optional('arrivedAt', ofTime(readTrue), undefined);
  return { kind, ...(interval === undefined ? {} : { interval }), ...(arrivedAt === undefined ? {} : { arrivedAt }) };
}

/** `{"keep"?: ["sum", "count", "min", "max"], "arrivedAt"?: "millisecond"}`; without `keep` all are kept. */
function readMetric(node: RequestNode): Metric {
  const properties = readObject(node, ['keep', 'arrivedAt']);
  const keep = properties.optional('keep', readKeep, keepable);
  const arrivedAt = properties.optional('arrivedAt', oneOf(['millisecond']), undefined);
  return { keep, ...(arrivedAt === undefined ? {} : { arrivedAt }) };
}

function readKeep(node: RequestNode): Metric['keep'] {
  const { value } = node;
  if (!Array.isArray(value)) throw node.wrongType('an array');
  const asked = value.map((item: unknown, i) => oneOf(keepable)(node.child(i, item)));
  if (asked.length === 0) throw node.invalid({ expected: `at least one of ${keepable.join(', ')}` });
  // In one order, so that equal definitions look equal.
  return keepable.filter((kept) => asked.includes(kept));
}

function readInterval(node: RequestNode): number {
  const { value } = node;
  const names = Object.keys(namedIntervals);
  if (typeof value === 'string' && Object.hasOwn(namedIntervals, value)) {
    return namedIntervals[value as keyof typeof namedIntervals];
  }
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= intervalMsMax) return value;
  const expected = `${names.join(', ')}, or whole milliseconds from 1 to ${intervalMsMax}`;
  throw node.invalid({ expected });
}

const readTrue: Reader<true> = (node) => {
  if (node.value !== true) throw node.invalid({ expected: 'true, or the option left out' });
  return true;
};
