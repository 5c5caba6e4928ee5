import { fieldsOfScript, validateDocumentScript, type DocumentScript } from '../../expression/document-script.ts';
import { shaped } from '../../json/validators.ts';
import type { ClauseDefinition } from '../clause.ts';

/** Documents of which a script is true: neither 0 nor NaN. It reads no score. Scores 1. */
export interface ScriptClause {
  readonly kind: 'script';
  readonly script: DocumentScript;
}

export const script: ClauseDefinition<ScriptClause> = {
  validate: shaped({ script: validateDocumentScript }),
  fields: (clause) => fieldsOfScript(clause.script),
};
