/** A script that leaves evaluate for documents: what of it crosses the wire, and what it is once read. */
import { SheafError } from '../errors.ts';
import { readString } from '../json/readers.ts';
import { recordOf, shaped, validateNumber, validateProperty, type Validator } from '../json/validators.ts';
import { DocumentReads, type DocumentRead } from './document-reads.ts';
import type { Expression } from './expression.ts';
import type { ExpressionFault } from './expression-fault.ts';
import { parseExpression } from './parse.ts';

/** A text and what it calls `params`. */
export interface DocumentScript {
  readonly source: string;
  readonly params: Readonly<Record<string, number>>;
}

export interface ParsedScript {
  /** Its variables are `constants`, then what is read of a document. */
  readonly expression: Expression;
  readonly constants: readonly number[];
  readonly reads: readonly DocumentRead[];
}

const validateShape = shaped({ source: readString, params: recordOf(validateNumber) });

/** A script of a task. @throws SheafError EXPRESSION_INVALID and those of a shape that is wrong */
export const validateDocumentScript: Validator = (node) => {
  validateShape(node);
  const params = validateProperty(node, 'params', ({ value }) => value as DocumentScript['params']);
  validateProperty(node, 'source', (source) =>
    parseDocumentScript({ source: readString(source), params }, true, (detail) =>
      source.fault('EXPRESSION_INVALID', detail),
    ),
  );
};

/** Cost: its characters. @param hasScore whether it may read the score @throws what `fault` makes, for the first fault */
export function parseDocumentScript(
  { source, params }: DocumentScript,
  hasScore: boolean,
  fault: ExpressionFault,
): ParsedScript {
  const document = new DocumentReads(hasScore);
  const names = { variables: Object.keys(params), window: null, document };
  const expression = parseExpression(source, names, fault);
  return { expression, constants: Object.values(params), reads: document.all };
}

const parsed = new WeakMap<DocumentScript, ParsedScript>();

/** The same of a script that was validated, once for each however many segments ask. */
export function parsedScriptOf(script: DocumentScript): ParsedScript {
  let known = parsed.get(script);
  if (known === undefined) {
    known = parseDocumentScript(script, true, (detail) => new SheafError('EXPRESSION_INVALID', { detail }));
    parsed.set(script, known);
  }
  return known;
}

/** The fields that a script reads, each once. */
export function fieldsOfScript(script: DocumentScript): readonly string[] {
  return [...new Set(parsedScriptOf(script).reads.flatMap((read) => (read.of === 'score' ? [] : [read.field])))];
}
