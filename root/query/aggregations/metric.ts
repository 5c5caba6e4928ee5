import type { MetricRequest } from '../../../shared/aggregation/request.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { valueTypeOf } from '../../../shared/schema/kinds/field-kinds.ts';
import type { IndexSchema } from '../../../shared/schema/schema.ts';
import { quantityKinds, readFieldName, valueKinds } from '../fields.ts';

export const metricKinds = ['min', 'max', 'sum', 'avg', 'stats', 'value_count'] as const;

/** `{"field": name}`: integer, float and date fields; `value_count` takes any kind but text. */
export function readMetric(kind: MetricRequest['kind'], node: RequestNode, schema: IndexSchema): MetricRequest {
  const allowed = kind === 'value_count' ? valueKinds : quantityKinds;
  const field = readObject(node, ['field']).required('field', (name) => readFieldName(name, schema, allowed));
  return { kind, field: field.name, values: valueTypeOf(field.kind) };
}
