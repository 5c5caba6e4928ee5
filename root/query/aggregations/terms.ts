import { readObject } from '../../../shared/json/read-object.ts';
import { shownNameOf, valueTypeOf } from '../../../shared/schema/kinds/field-kinds.ts';
import { readFieldName, valueKinds } from '../fields.ts';
import type { CallerAggregation } from './definition.ts';
import { listingNames, readListing } from './read-listing.ts';
import { choiceOf, excludeReader, includeReader, termReader } from './read-term-choice.ts';

/** `{"field", "missing"?, "include"?, "exclude"?}` and what readListing reads, on any kind but text. */
export const terms: CallerAggregation<'terms'> = {
  read: (node, scope) => {
    const { schema, depth } = scope;
    const properties = readObject(node, ['field', ...listingNames, 'missing', 'include', 'exclude']);
    const field = properties.required('field', (name) => readFieldName(name, schema, valueKinds));
    const missing = properties.optional('missing', termReader(field.kind), undefined);
    const include = properties.optional('include', includeReader(field.kind), undefined);
    const exclude = properties.optional('exclude', excludeReader(field.kind), undefined);
    // Deeper, which terms there are in a bucket would depend on the shards that have it.
    const listing = readListing(properties, scope, depth === 1);
    return {
      kind: 'terms',
      field: field.name,
      values: valueTypeOf(field.kind),
      show: shownNameOf(field.kind),
      ...listing,
      ...(listing.minDocCount === 0 ? { others: { kind: 'all' } } : {}),
      ...(missing === undefined ? {} : { missing }),
      ...choiceOf(include, exclude),
    };
  },
  rollup: { ofDimension: true },
};
