/** What a script is worth for documents of one segment. */
import { textOfRead, type DocumentRead } from '../../shared/expression/document-reads.ts';
import { fieldsOfScript, parsedScriptOf, type DocumentScript } from '../../shared/expression/document-script.ts';
import { costOf, evaluate } from '../../shared/expression/evaluate.ts';
import type { Expression } from '../../shared/expression/expression.ts';
import type { Explanation } from '../../shared/ranking/explanation.ts';
import type { Steps } from '../schedule/steps.ts';
import { numberColumnOf } from '../segment/columns-of.ts';
import type { Segment } from '../segment/open.ts';

/** Steps of an expression that cost about what looking at a document does. */
const stepsPerDocument = 4;

type ReadRow = (docId: number) => number;

/** Unpacks what a script reads: of keywords only how many there are. */
export function* unpackReads(segment: Segment, script: DocumentScript): Steps<undefined> {
  for (const name of fieldsOfScript(script)) {
    const field = segment.fieldsByName.get(name);
    if (field?.kind === 'number') yield* field.column.unpack();
    else if (field?.kind === 'keyword') yield* field.column.unpackStarts();
  }
}

export class ScriptValues {
  /** What a document costs, in documents looked at: at least 1. */
  readonly cost: number;
  private readonly expression: Expression;
  /** Constants, then what is read of the document. */
  private readonly variables: Float64Array;
  private readonly firstRead: number;
  private readonly readers: readonly (ReadRow | null)[];
  private readonly script: DocumentScript;

  constructor(segment: Segment, script: DocumentScript) {
    const { expression, constants, reads } = parsedScriptOf(script);
    this.script = script;
    this.expression = expression;
    this.firstRead = constants.length;
    this.variables = new Float64Array(constants.length + reads.length);
    this.variables.set(constants);
    this.readers = reads.map((read) => readerOf(segment, read));
    this.cost = 1 + Math.ceil((costOf(expression) + reads.length) / stepsPerDocument);
  }

  /** @param score of the document, where the script reads it */
  valueOf(docId: number, score: number): number {
    const { variables, readers, firstRead } = this;
    for (let i = 0; i < readers.length; i++) variables[firstRead + i] = readers[i]?.(docId) ?? score;
    return evaluate(this.expression, variables);
  }

  /** What the value of a document is made of, the score aside; what it does not have is left out. */
  explain(docId: number): Explanation[] {
    const params = Object.entries(this.script.params).map(([name, value]) => ({
      value,
      description: `params.${name}`,
    }));
    const read = parsedScriptOf(this.script).reads.flatMap((each, i) => {
      const value = this.readers[i]?.(docId) ?? NaN;
      return Number.isNaN(value) ? [] : [{ value, description: textOfRead(each) }];
    });
    return [...params, ...read];
  }
}

/** Null for the score. */
function readerOf(segment: Segment, read: DocumentRead): ReadRow | null {
  switch (read.of) {
    case 'score':
      return null;
    case 'value':
      return valueReader(segment, read.field);
    case 'size':
      return sizeReader(segment, read.field);
    case 'empty': {
      const size = sizeReader(segment, read.field);
      return (docId) => (size(docId) === 0 ? 1 : 0);
    }
  }
}

/** The least of a document's values, NaN where it has none. */
function valueReader(segment: Segment, field: string): ReadRow {
  const column = numberColumnOf(segment, field);
  if (column === null) return () => NaN;
  const { values, starts } = column;
  if (column.isSingle) return (docId) => values[docId]!;
  return (docId) => {
    const end = starts[docId + 1]!;
    let at = starts[docId]!;
    let least = at < end ? values[at]! : NaN;
    while (++at < end) if (values[at]! < least) least = values[at]!;
    return least;
  };
}

/** How many values a document has. */
function sizeReader(segment: Segment, name: string): ReadRow {
  const field = segment.fieldsByName.get(name);
  if (field === undefined || field.kind === 'text') return () => 0;
  const { starts } = field.column;
  return (docId) => starts[docId + 1]! - starts[docId]!;
}
