import { shaped } from '../../json/validators.ts';
import type { ClauseDefinition } from '../clause.ts';

/** No document. */
export interface NoneClause {
  readonly kind: 'none';
}

export const none: ClauseDefinition<NoneClause> = {
  validate: shaped({}),
  mayExclude: () => true,
  mayMatchWithin: () => false,
};
