import { readObject } from '../../../shared/json/read-object.ts';
import { shownNameOf, valueTypeOf } from '../../../shared/schema/kinds/field-kinds.ts';
import { readFieldName, valueKinds } from '../fields.ts';
import type { CallerAggregation } from './definition.ts';
import { listingNames, readListing } from './read-listing.ts';
import { choiceOf, excludeReader, includeReader, termReader } from './read-term-choice.ts';

/** `{"field", "missing"?, "include"?, "exclude"?}` and what readListing reads, on any kind but text. */
export const terms: CallerAggregation<'terms'> = {
  read: (node, { schema, ...nested }) => {
    const properties = readObject(node, ['field', ...listingNames, 'missing', 'include', 'exclude']);
    const field = properties.required('field', (name) => readFieldName(name, schema, valueKinds));
    const missing = properties.optional('missing', termReader(field.kind), undefined);
    const include = properties.optional('include', includeReader(field.kind), undefined);
    const exclude = properties.optional('exclude', excludeReader(field.kind), undefined);
    return {
      kind: 'terms',
      field: field.name,
      values: valueTypeOf(field.kind),
      show: shownNameOf(field.kind),
      ...readListing(properties, nested),
      ...(missing === undefined ? {} : { missing }),
      ...choiceOf(include, exclude),
    };
  },
  rollup: { ofDimension: true },
};
