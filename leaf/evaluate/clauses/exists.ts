import type { QueryOf } from '../../../shared/query/query.ts';
import { BitsetIterator } from '../bitset-iterator.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { ExistsScan } from '../column-scans.ts';
import { EmptyIterator } from '../iterator.ts';

export const exists: ClauseKind<QueryOf<'exists'>> = {
  iterate({ segment }, query) {
    const field = segment.fieldsByName.get(query.field);
    if (field === undefined) return new EmptyIterator();
    return field.kind === 'text'
      ? new BitsetIterator(field.presence, segment.documents, 1)
      : new ExistsScan(field.column.starts, 1);
  },
};
