import { readPercent } from '../../../shared/aggregation/percentiles.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import { readBoolean } from '../../../shared/json/readers.ts';
import { shownNameOf } from '../../../shared/schema/kinds/field-kinds.ts';
import { quantityKinds, readFieldName } from '../fields.ts';
import { readDistinctNumbers } from './distinct-numbers.ts';
import type { CallerAggregation } from './definition.ts';
import { namesOfMany, placeOfMany } from './numbers-of-many.ts';
import { readMissingNumber } from './missing-value.ts';

const percentsDefault = [1, 5, 25, 50, 75, 95, 99];

/** `{"field", "percents"?: [1, 5, 25, 50, 75, 95, 99], "keyed"?: true, "missing"?}` on integer, float and date fields. */
export const percentiles: CallerAggregation<'percentiles'> = {
  read: (node, { schema }) => {
    const properties = readObject(node, ['field', 'percents', 'keyed', 'missing']);
    const field = properties.required('field', (name) => readFieldName(name, schema, quantityKinds));
    return {
      kind: 'percentiles',
      field: field.name,
      show: shownNameOf(field.kind),
      percents: properties.optional('percents', readDistinctNumbers(readPercent), percentsDefault),
      keyed: properties.optional('keyed', readBoolean, true),
      ...readMissingNumber(properties, field),
    };
  },
  numbers: {
    names: ({ percents }) => namesOfMany(percents),
    placeOf: ({ percents, keyed }, name) => placeOfMany(percents, keyed, name),
  },
};
