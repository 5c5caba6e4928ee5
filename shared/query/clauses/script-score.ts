import { fieldsOfScript, validateDocumentScript, type DocumentScript } from '../../expression/document-script.ts';
import { shaped, validateProperty } from '../../json/validators.ts';
import type { Clause, ClauseDefinition } from '../clause.ts';

/** The same documents, each with what a script makes of it and of its score; 0 where that is no number from 0 on. */
export interface ScriptScoreClause<Inner> {
  readonly kind: 'scriptScore';
  readonly query: Inner;
  readonly script: DocumentScript;
}

const validateScript = shaped({ script: validateDocumentScript });

export const scriptScore: ClauseDefinition<ScriptScoreClause<Clause>> = {
  validate(node, inner) {
    validateProperty(node, 'query', inner);
    return validateScript(node);
  },
  children: ({ query }) => [{ query, role: 'scored' }],
  fields: (clause) => fieldsOfScript(clause.script),
  mayExclude: ({ query }, inner) => inner(query),
  mayMatchWithin: ({ query }, _boundsOf, inner) => inner(query),
};

/** As in Lucene, whose scores are float32: so sums and boosts of scores stay finite as doubles. */
const scriptScoreMax = 3.4028234663852886e38;

/** What a script is worth as a score: from 0 to `scriptScoreMax`, 0 where it is no number, or no finite one. */
export function scoreOf(value: number): number {
  return value > 0 && value < Infinity ? Math.min(value, scriptScoreMax) : 0;
}
