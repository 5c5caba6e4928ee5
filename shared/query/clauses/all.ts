import { shaped } from '../../json/validators.ts';
import type { ClauseDefinition } from '../clause.ts';

/** Every document. Scores 1. */
export interface AllClause {
  readonly kind: 'all';
}

export const all: ClauseDefinition<AllClause> = { validate: shaped({}) };
