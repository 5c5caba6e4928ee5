import { parseAddressBlock } from '../../../shared/addresses/address-block.ts';
import type { Range } from '../../../shared/aggregation/range.ts';
import { readObject, type Properties } from '../../../shared/json/read-object.ts';
import { arrayOf, numberThat, readBoolean, readNonEmptyString, type Reader } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { limits } from '../../../shared/limits.ts';
import { ipKind } from '../../../shared/schema/kinds/ip.ts';
import { kindsThat } from '../../../shared/schema/kinds/field-kinds.ts';
import { quantityKinds, readFieldName } from '../fields.ts';
import type { CallerAggregation } from './definition.ts';
import { dateKinds, readDateWords } from './read-dates.ts';

const bucketProperties = ['from', 'to', 'from_as_string', 'to_as_string'];

/** `{"field", "ranges": [{"key"?, "from"?, "to"?}, …], "keyed"?, "missing"?}` on integer, float and date fields. */
export const range: CallerAggregation<'range'> = {
  read: (node, { schema }) => {
    const properties = readObject(node, ['field', 'ranges', 'keyed', 'missing']);
    const readValue = numberThat('a number', () => true);
    const missing = properties.optional('missing', readValue, undefined);
    return {
      kind: 'range',
      field: properties.required('field', (name) => readFieldName(name, schema, quantityKinds)).name,
      ...readRanges(properties, (each) => readRange(each, readValue)),
      ...(missing === undefined ? {} : { missing }),
    };
  },
  bucketProperties,
  rollup: { ofDimension: true },
};

/** The same on date fields, with `"format"?` and `"time_zone"?: "UTC"`; bounds are dates or date math. */
export const dateRange: CallerAggregation<'date_range'> = {
  read: (node, { schema, now }) => {
    const properties = readObject(node, ['field', 'ranges', 'keyed', 'missing', 'format', 'time_zone']);
    const { format, timeZone, readInstant } = readDateWords(properties, now);
    const missing = properties.optional('missing', readInstant, undefined);
    return {
      kind: 'date_range',
      field: properties.required('field', (name) => readFieldName(name, schema, dateKinds)).name,
      ...readRanges(properties, (each) => readRange(each, readInstant)),
      timeZone,
      ...(format === undefined ? {} : { format }),
      ...(missing === undefined ? {} : { missing }),
    };
  },
  bucketProperties,
  rollup: { ofDimension: true },
};

const ipKinds = kindsThat(({ shown }) => shown.name === ipKind.shown.name);

/** `{"field", "ranges": [{"key"?, "from"?, "to"?} or {"key"?, "mask"}, …], "keyed"?}` on ip fields. */
export const ipRange: CallerAggregation<'ip_range'> = {
  read: (node, { schema }) => {
    const properties = readObject(node, ['field', 'ranges', 'keyed']);
    return {
      kind: 'ip_range',
      field: properties.required('field', (name) => readFieldName(name, schema, ipKinds)).name,
      ...readRanges(properties, readAddressRange),
    };
  },
  bucketProperties,
  rollup: { ofDimension: true },
};

/** Ranges by their beginning, then by their end, as their buckets are listed. */
function readRanges<Bound extends number | string>(
  properties: Pick<Properties<'ranges' | 'keyed'>, 'required' | 'optional'>,
  readOne: Reader<Range<Bound>>,
): { readonly ranges: readonly Range<Bound>[]; readonly keyed?: true } {
  const ranges = properties.required('ranges', (node) => {
    const read = arrayOf(readOne, limits.rangesMax)(node);
    if (read.length === 0) throw node.invalid({ expected: 'at least one range', actual: 'none' });
    return read;
  });
  ranges.sort((a, b) => compareBounds(a.from, b.from, -1) || compareBounds(a.to, b.to, 1));
  return { ranges, ...(properties.optional('keyed', readBoolean, false) ? { keyed: true } : {}) };
}

/** @param open where an open bound is beside any other: before (−1) or after (1) */
function compareBounds<Bound extends number | string>(
  a: Bound | undefined,
  b: Bound | undefined,
  open: -1 | 1,
): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? open : -open;
  return a < b ? -1 : a > b ? 1 : 0;
}

function readRange(node: RequestNode, readBound: Reader<number>): Range<number> {
  const properties = readObject(node, ['key', 'from', 'to']);
  return rangeOf(
    properties.optional('key', readNonEmptyString, undefined),
    properties.optional('from', readBound, undefined),
    properties.optional('to', readBound, undefined),
  );
}

function readAddressRange(node: RequestNode): Range<string> {
  const properties = readObject(node, ['key', 'from', 'to', 'mask']);
  const key = properties.optional('key', readNonEmptyString, undefined);
  if (!properties.has('mask')) {
    return rangeOf(
      key,
      properties.optional('from', readAddress, undefined),
      properties.optional('to', readAddress, undefined),
    );
  }
  if (properties.has('from') || properties.has('to')) {
    throw node.invalid({ expected: 'mask, or from and to', actual: 'both' });
  }
  return properties.required('mask', (mask) => readMask(mask, key));
}

const readAddress: Reader<string> = (node) => {
  const reading = ipKind.read(node.value);
  if (reading.kind === 'wrong') throw node.invalid({ expected: reading.expected });
  return reading.value;
};

function readMask(node: RequestNode, key: string | undefined): Range<string> {
  const text = readNonEmptyString(node);
  const block = text.includes('/') ? parseAddressBlock(text) : undefined;
  if (block === undefined) throw node.invalid({ expected: 'a block of IP addresses such as 192.0.2.0/24' });
  const isFirst = /^0*$/.test(block.first);
  return rangeOf(key ?? text, isFirst ? undefined : block.first, keyAfter(block.last));
}

/** The key after one; undefined after the last. */
function keyAfter(key: string): string | undefined {
  return /^f*$/.test(key) ? undefined : (BigInt(`0x${key}`) + 1n).toString(16).padStart(key.length, '0');
}

function rangeOf<Bound>(key: string | undefined, from: Bound | undefined, to: Bound | undefined): Range<Bound> {
  return {
    ...(key === undefined ? {} : { key }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}
