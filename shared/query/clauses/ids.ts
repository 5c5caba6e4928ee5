import { shaped, validateStrings } from '../../json/validators.ts';
import type { ClauseDefinition } from '../clause.ts';

/** Documents with these keys. Scores 1. */
export interface IdsClause {
  readonly kind: 'ids';
  readonly keys: readonly string[];
}

export const ids: ClauseDefinition<IdsClause> = { validate: shaped({ keys: validateStrings }) };
