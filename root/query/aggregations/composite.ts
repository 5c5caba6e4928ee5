import type { CompositeSource, SourceKind, SourceOf } from '../../../shared/aggregation/composite/source.ts';
import { sourceKindOf } from '../../../shared/aggregation/composite/source.ts';
import type { Tuple } from '../../../shared/aggregation/tuple-key.ts';
import { shorten } from '../../../shared/json/describe-value.ts';
import { readObject, readOnlyEntry, type Properties } from '../../../shared/json/read-object.ts';
import { arrayOf, integerWithin, oneOf, readBoolean } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { limits } from '../../../shared/limits.ts';
import { resolveField, faultsOf, readFieldName } from '../fields.ts';
import type { IndexSchema } from '../../../shared/schema/schema.ts';
import type { CallerAggregation } from './definition.ts';
import { dateHistogramSource } from './composite/date-histogram-source.ts';
import { histogramSource } from './composite/histogram-source.ts';
import type { CallerSource } from './composite/source.ts';
import { termsSource } from './composite/terms-source.ts';

/** The sources that callers can ask for, by the names they use. */
const callerSources: { readonly [K in SourceKind]: CallerSource<K> } = {
  terms: termsSource,
  histogram: histogramSource,
  date_histogram: dateHistogramSource,
};

const sourceKinds = Object.keys(callerSources) as readonly SourceKind[];

const sizeDefault = 10;
const nameLengthMax = 100;

/** `{"sources": [{name: {kind: {"field", …, "order"?, "missing_bucket"?, "missing_order"?}}}, …], "size"?: 10, "after"?}`, at the top only. */
export const composite: CallerAggregation<'composite'> = {
  read: (node, { schema, depth }) => {
    if (depth > 1) throw node.invalid({ expected: 'composite at the top: its pages are those of the whole search' });
    const properties = readObject(node, ['sources', 'size', 'after']);
    const sources = properties.required('sources', (list) => readSources(list, schema));
    const size = properties.optional('size', integerWithin(1, limits.bucketsMax), sizeDefault);
    const after = properties.optional('after', (keys) => readAfter(keys, sources, schema), undefined);
    return { kind: 'composite', sources, size, ...(after === undefined ? {} : { after }) };
  },
  rollup: { ofDimension: true },
};

function readSources(list: RequestNode, schema: IndexSchema): CompositeSource[] {
  const names = new Set<string>();
  const sources = arrayOf((node) => {
    const { name, node: body } = readOnlyEntry(node, 'one name with its source');
    if (name === '' || name === '__proto__' || name.length > nameLengthMax || names.has(name)) {
      const expected = `a name of 1 to ${nameLengthMax} characters, that of no other source, and not __proto__`;
      throw body.invalid({ expected, actual: shorten(name) });
    }
    names.add(name);
    return readSource(name, body, schema);
  }, limits.keyPartsMax)(list);
  if (sources.length === 0) throw list.invalid({ expected: 'at least one source' });
  return sources;
}

function readSource(name: string, node: RequestNode, schema: IndexSchema): CompositeSource {
  const { name: kind, node: body } = readOnlyEntry(node, `one of ${sourceKinds.join(', ')}`);
  const known = sourceKinds.find((each) => each === kind);
  if (known === undefined) {
    throw body.invalid({ expected: `one of ${sourceKinds.join(', ')}`, allowed: sourceKinds, actual: shorten(kind) });
  }
  return readOfKind(known, name, body, schema);
}

const optionNames = ['field', 'order', 'missing_bucket', 'missing_order'] as const;

function readOfKind<K extends SourceKind>(
  by: K,
  name: string,
  node: RequestNode,
  schema: IndexSchema,
): CompositeSource {
  const { names, kinds, read } = callerSources[by];
  const properties = readObject<string>(node, [...optionNames, ...names]);
  const field = properties.required('field', (text) => readFieldName(text, schema, kinds));
  const own = read(properties, field, node);
  const descending = properties.optional('order', oneOf(['asc', 'desc']), 'asc') === 'desc';
  const missing = readMissing(properties, descending);
  // What a source is of all kinds, and what of its own.
  const source = { name, by, field: field.name, descending, ...(missing === null ? {} : { missing }), ...own };
  // What it has of its own is that of its kind, as the table says.
  return source as CompositeSource;
}

/** Where documents without a value are; null where they are left out. What is missing is less than all else. */
function readMissing(properties: Properties<string>, descending: boolean): 'first' | 'last' | null {
  const isInBucket = properties.optional('missing_bucket', readBoolean, false);
  const order = properties.optional(
    'missing_order',
    (node) => {
      const found = oneOf(['first', 'last', 'default'])(node);
      if (isInBucket) return found;
      throw node.invalid({ expected: 'missing_order beside "missing_bucket": true only' });
    },
    'default',
  );
  if (!isInBucket) return null;
  return order === 'default' ? (descending ? 'last' : 'first') : order;
}

/** An object with a key of each source, as `after_key` has them. */
function readAfter(node: RequestNode, sources: readonly CompositeSource[], schema: IndexSchema): Tuple {
  const names = sources.map(({ name }) => name);
  const properties = readObject<string>(node, names);
  return sources.map((source) => properties.required(source.name, (key) => readKeyOf(source, key, schema)));
}

function readKeyOf<K extends SourceKind>(source: SourceOf<K>, node: RequestNode, schema: IndexSchema) {
  if (node.value === null && source.missing !== undefined) return null;
  const field = resolveField(schema, source.field, faultsOf(node));
  return callerSources[sourceKindOf<K>(source)].readKey(node, source, field);
}
