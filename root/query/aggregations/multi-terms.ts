import type { TermSource } from '../../../shared/aggregation/multi-terms.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import { arrayOf, type Reader } from '../../../shared/json/readers.ts';
import { limits } from '../../../shared/limits.ts';
import { shownNameOf, valueTypeOf } from '../../../shared/schema/kinds/field-kinds.ts';
import type { IndexSchema } from '../../../shared/schema/schema.ts';
import { readFieldName, valueKinds } from '../fields.ts';
import type { CallerAggregation } from './definition.ts';
import { listingNames, readListing } from './read-listing.ts';
import { termReader } from './read-term-choice.ts';

/** `{"terms": [{"field", "missing"?}, …]}` with at least two fields of any kind but text, and what readListing reads. */
export const multiTerms: CallerAggregation<'multi_terms'> = {
  read: (node, { schema, ...nested }) => {
    const properties = readObject(node, ['terms', ...listingNames]);
    const sources = properties.required('terms', (terms) => {
      const read = arrayOf(sourceReader(schema), limits.keyPartsMax)(terms);
      if (read.length >= 2) return read;
      throw terms.invalid({ expected: 'at least 2 fields; terms is the aggregation of one', actual: read.length });
    });
    return { kind: 'multi_terms', sources, ...readListing(properties, nested) };
  },
  rollup: { ofDimension: true },
};

function sourceReader(schema: IndexSchema): Reader<TermSource> {
  return (node) => {
    const properties = readObject(node, ['field', 'missing']);
    const field = properties.required('field', (name) => readFieldName(name, schema, valueKinds));
    const missing = properties.optional('missing', termReader(field.kind), undefined);
    return {
      field: field.name,
      values: valueTypeOf(field.kind),
      show: shownNameOf(field.kind),
      ...(missing === undefined ? {} : { missing }),
    };
  };
}
