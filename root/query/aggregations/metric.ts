import type { MetricRequest } from '../../../shared/aggregation/metric.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { shownNameOf, valueTypeOf, type FieldKind } from '../../../shared/schema/kinds/field-kinds.ts';
import { meanOf } from '../../rollup/kept-values.ts';
import { quantityKinds, readFieldName, valueKinds } from '../fields.ts';
import { oneValue, type AggregationScope, type CallerAggregation } from './definition.ts';
import { readMissing } from './missing-value.ts';

/** `{"field": name, "missing"?}`. */
function reader<K extends MetricRequest['kind']>(kind: K, allowed: readonly FieldKind[]) {
  return (node: RequestNode, { schema }: AggregationScope): MetricRequest<K> => {
    const properties = readObject(node, ['field', 'missing']);
    const field = properties.required('field', (name) => readFieldName(name, schema, allowed));
    const show = shownNameOf(field.kind);
    return {
      kind,
      field: field.name,
      values: valueTypeOf(field.kind),
      ...readMissing(properties, field),
      ...(kind === 'value_count' || show === 'plain' ? {} : { show }),
    };
  };
}

export const min: CallerAggregation<'min'> = {
  read: reader('min', quantityKinds),
  numbers: oneValue,
  rollup: { ofDimension: true, ofMetric: { needs: ['min'], result: (kept) => ({ value: kept.min }) } },
};

export const max: CallerAggregation<'max'> = {
  read: reader('max', quantityKinds),
  numbers: oneValue,
  rollup: { ofDimension: true, ofMetric: { needs: ['max'], result: (kept) => ({ value: kept.max }) } },
};

export const sum: CallerAggregation<'sum'> = {
  read: reader('sum', quantityKinds),
  numbers: oneValue,
  rollup: { ofMetric: { needs: ['sum'], result: (kept) => ({ value: kept.show(kept.sum) }) } },
};

export const avg: CallerAggregation<'avg'> = {
  read: reader('avg', quantityKinds),
  numbers: oneValue,
  rollup: { ofMetric: { needs: ['sum', 'count'], result: (kept) => ({ value: meanOf(kept) }) } },
};

export const stats: CallerAggregation<'stats'> = {
  read: reader('stats', quantityKinds),
  numbers: { names: () => ['count', 'min', 'max', 'avg', 'sum'] },
  rollup: {
    ofMetric: {
      needs: ['sum', 'count', 'min', 'max'],
      result: (kept) => ({
        count: kept.show(kept.count),
        min: kept.min,
        max: kept.max,
        avg: meanOf(kept),
        sum: kept.show(kept.sum),
      }),
    },
  },
};

export const valueCount: CallerAggregation<'value_count'> = {
  read: reader('value_count', valueKinds),
  numbers: oneValue,
  rollup: { ofMetric: { needs: ['count'], result: (kept) => ({ value: kept.show(kept.count) }) } },
};
