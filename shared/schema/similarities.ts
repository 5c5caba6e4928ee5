import type { Similarities } from '../protocol/tasks/search.ts';
import type { FieldTerms } from '../query/query.ts';
import { findField } from './find-field.ts';
import type { IndexSchema } from './schema.ts';

/** How the fields that are scored rank, where their definition says so. */
export function similaritiesOf(schema: IndexSchema, terms: FieldTerms): Similarities {
  return Object.fromEntries(
    Object.keys(terms).flatMap((name) => {
      const parameters = findField(schema, name)?.bm25;
      return parameters === undefined ? [] : [[name, parameters]];
    }),
  );
}
