import type { TopMetricsRequest, TopSort } from '../../../shared/aggregation/top-metrics.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import { integerWithin, oneOrMany } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { limits } from '../../../shared/limits.ts';
import { countsGreatest, missingFirst } from '../../../shared/ranking/order.ts';
import { shownNameOf, valueTypeOf } from '../../../shared/schema/kinds/field-kinds.ts';
import type { IndexSchema } from '../../../shared/schema/schema.ts';
import { faultsOf, quantityKinds, readFieldName, requireKind, resolveField, valueKinds } from '../fields.ts';
import { readSort } from '../read-sort.ts';
import type { CallerAggregation } from './definition.ts';

const metricKinds = valueKinds.filter((kind) => kind !== 'boolean');

/**
 * `{"metrics": {"field"} | [{"field"}, …], "sort", "size"?: 1}`: of integer, float, date, keyword and ip fields, by an integer, float or
 * date field, which is written as in `sort` of a search.
 */
export const topMetrics: CallerAggregation<'top_metrics'> = {
  read: (node, { schema }) => {
    const properties = readObject(node, ['metrics', 'sort', 'size']);
    return {
      kind: 'top_metrics',
      metrics: properties.required('metrics', (child) => readMetrics(child, schema)),
      sort: properties.required('sort', (child) => readTopSort(child, schema)),
      size: properties.optional('size', integerWithin(1, limits.topMetricsSizeMax), 1),
    };
  },
};

/** Each field once: it is told under its name. */
function readMetrics(node: RequestNode, schema: IndexSchema): TopMetricsRequest['metrics'] {
  const readOne = (child: RequestNode): TopMetricsRequest['metrics'][number] => {
    const { name, kind } = readObject(child, ['field']).required('field', (of) =>
      readFieldName(of, schema, metricKinds),
    );
    return { field: name, values: valueTypeOf(kind), show: shownNameOf(kind) };
  };
  const metrics = oneOrMany(readOne, limits.topMetricsFieldsMax)(node);
  const distinct = new Set(metrics.map(({ field }) => field)).size;
  if (distinct === 0 || distinct < metrics.length) {
    throw node.invalid({ expected: 'at least one field, and none of them twice', actual: node.actual });
  }
  return metrics;
}

function readTopSort(node: RequestNode, schema: IndexSchema): TopSort {
  const [key, ...others] = readSort(node, schema);
  if (key?.by !== 'field' || others.length > 0) {
    throw node.invalid({ expected: 'one field of numbers or dates', actual: node.actual });
  }
  const field = resolveField(schema, key.field, faultsOf(node));
  requireKind(schema, field, quantityKinds, faultsOf(node));
  return {
    field: field.name,
    descending: key.descending,
    countsGreatest: countsGreatest(key),
    missingFirst: missingFirst(key),
    show: shownNameOf(field.kind),
  };
}
