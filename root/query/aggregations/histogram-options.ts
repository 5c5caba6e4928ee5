/** Options that histograms of numbers and of dates have in common, as callers write them. */
import type { Bounds, HistogramOptions, HistogramOrder } from '../../../shared/aggregation/histogram-options.ts';
import { readObject, readOnlyEntry, type Properties } from '../../../shared/json/read-object.ts';
import { integerWithin, oneOf, readBoolean, type Reader } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';

export const optionNames = ['min_doc_count', 'keyed', 'order', 'missing', 'extended_bounds', 'hard_bounds'] as const;

type OptionName = (typeof optionNames)[number];

/** @param readValue of a value of the field: what documents without one have, and bounds */
export function readHistogramOptions(
  node: RequestNode,
  properties: Pick<Properties<OptionName>, 'optional' | 'has'>,
  readValue: Reader<number>,
): Omit<HistogramOptions, 'aggregations'> {
  const readBoundsOf = readBounds(readValue);
  const order = properties.optional('order', readOrder, undefined);
  const missing = properties.optional('missing', readValue, undefined);
  const extendedBounds = properties.optional('extended_bounds', readBoundsOf, undefined);
  const hardBounds = properties.optional('hard_bounds', readBoundsOf, undefined);
  if (extendedBounds !== undefined && hardBounds !== undefined) requireWithin(node, extendedBounds, hardBounds);
  return {
    minDocCount: properties.optional('min_doc_count', integerWithin(0, Number.MAX_SAFE_INTEGER), 0),
    ...(properties.optional('keyed', readBoolean, false) ? { keyed: true } : {}),
    ...(order === undefined ? {} : { order }),
    ...(missing === undefined ? {} : { missing }),
    ...(extendedBounds === undefined ? {} : { extendedBounds }),
    ...(hardBounds === undefined ? {} : { hardBounds }),
  };
}

/** `{"_key" | "_count": "asc" | "desc"}`. */
function readOrder(node: RequestNode): HistogramOrder {
  readOnlyEntry(node, '{"_key": "asc"}, or _count, or "desc"');
  const properties = readObject(node, ['_key', '_count']);
  const by = properties.has('_count') ? 'count' : 'key';
  return { by, descending: properties.required(`_${by}`, oneOf(['asc', 'desc'])) === 'desc' };
}

/** `{"min"?, "max"?}`, the one not above the other. */
function readBounds(readValue: Reader<number>): Reader<Bounds> {
  return (node) => {
    const properties = readObject(node, ['min', 'max']);
    const min = properties.optional('min', readValue, undefined);
    const max = properties.optional('max', readValue, undefined);
    if (min !== undefined && max !== undefined && min > max) {
      throw node.invalid({ expected: 'a min that is not above max', min, max });
    }
    return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  };
}

function requireWithin(node: RequestNode, extended: Bounds, hard: Bounds): void {
  const { min = Infinity, max = -Infinity } = extended;
  if (min >= (hard.min ?? -Infinity) && max <= (hard.max ?? Infinity)) return;
  throw node
    .child('extended_bounds', extended)
    .invalid({ expected: 'extended_bounds within hard_bounds', hard_bounds: hard });
}
