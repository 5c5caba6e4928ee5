/** From a parsed query string to a query: names are resolved, values read, text analysed. */
import type { SheafError } from '../../../shared/errors.ts';
import { shorten } from '../../../shared/json/describe-value.ts';
import type { Query } from '../../../shared/query/query.ts';
import { isAnalyzed, textFields } from '../../../shared/schema/find-field.ts';
import { definitionOf } from '../../../shared/schema/kinds/field-kinds.ts';
import type { IndexedField, IndexSchema } from '../../../shared/schema/schema.ts';
import { allOf, anyOf, boolOf, exactOrNear, termQueries } from '../build.ts';
import type { ClauseBudget, MakeFault } from '../clause-budget.ts';
import { boosted } from '../boost.ts';
import { queriesOf } from '../field-kinds/queries-of.ts';
import { orderedKinds, requireKind, resolveField, stringKinds } from '../fields.ts';
import { canBeTerm, type Operand } from '../operand.ts';
import { autoFuzziness, fuzzyQuery } from '../fuzziness.ts';
import { phraseQuery } from '../phrase.ts';
import { patternFault, wildcardQuery } from '../wildcard.ts';
import { queryAnalyzerOf } from '../query-analyzer.ts';
import { limits } from '../../../shared/limits.ts';
import type { Bound, FuzzyEdits, Item, Node } from './ast.ts';
import type { StringFaults } from './string-faults.ts';

type NodeOf<Kind extends Node['kind']> = Extract<Node, { kind: Kind }>;

export interface CompileScope {
  readonly schema: IndexSchema;
  readonly budget: ClauseBudget;
  /** See QueryScope. */
  readonly now: number | undefined;
}

/** @throws SheafError QUERY_STRING_INVALID, FIELD_UNKNOWN, FIELD_KIND_WRONG, QUERY_TOO_MANY_CLAUSES, each with a column */
export function compileQueryString(node: Node, scope: CompileScope, faults: StringFaults): Query {
  return new Compiler(scope, faults).compile(node, undefined) ?? { kind: 'none' };
}

class Compiler {
  private readonly scope: CompileScope;
  private readonly faults: StringFaults;
  private defaultFields: readonly IndexedField[] | undefined;

  constructor(scope: CompileScope, faults: StringFaults) {
    this.scope = scope;
    this.faults = faults;
  }

  /**
   * Null for words of which the analyzer leaves nothing, such as stop words: they are as good as not written, unless there is
   * nothing else, which matches nothing.
   * @param field the field whose values the words are, if any
   */
  compile(node: Node, field: IndexedField | undefined): Query | null {
    switch (node.kind) {
      case 'word':
        return field === undefined ? this.anywhere(node, (each) => this.word(node, each)) : this.word(node, field);
      case 'phrase':
        return field === undefined ? this.anywhere(node, (each) => this.phrase(node, each)) : this.phrase(node, field);
      case 'boost':
        return this.boost(node, field);
      case 'field':
        return this.compile(node.child, resolveField(this.scope.schema, node.name, this.faultsAt(node.position)));
      case 'exists':
        this.scope.budget.spend(1, this.faultsAt(node.position));
        return { kind: 'exists', field: owner(field).name };
      case 'range':
        return this.range(node, owner(field));
      case 'not':
        return boolOf({ mustNot: [this.compile(node.child, field) ?? { kind: 'none' }] });
      case 'and':
        return this.conjunction(node.children, field);
      case 'or':
        return anyWritten(node.children.map((child) => this.compile(child, field)));
      case 'list':
        return this.list(node.items, field);
    }
  }

  private boost({ child, boost }: NodeOf<'boost'>, field: IndexedField | undefined): Query | null {
    const query = this.compile(child, field);
    return query === null ? null : boosted(query, boost);
  }

  private conjunction(children: readonly Node[], field: IndexedField | undefined): Query | null {
    const must: Query[] = [];
    const mustNot: Query[] = [];
    for (const child of children) {
      const query = this.compile(child.kind === 'not' ? child.child : child, field);
      if (query !== null) (child.kind === 'not' ? mustNot : must).push(query);
    }
    return must.length + mustNot.length === 0 ? null : boolOf({ must, mustNot });
  }

  private list(items: readonly Item[], field: IndexedField | undefined): Query | null {
    const parts = { required: [] as Query[], optional: [] as Query[], excluded: [] as Query[] };
    for (const { occur, node } of items) {
      const query = this.compile(node, field);
      if (query !== null) parts[occur].push(query);
    }
    if (parts.required.length + parts.optional.length + parts.excluded.length === 0) return null;
    return boolOf({ must: parts.required, should: parts.optional, mustNot: parts.excluded });
  }

  /** Words without a field: in any text field, and all of their terms in the same one. */
  private anywhere(node: NodeOf<'word' | 'phrase'>, queryIn: (field: IndexedField) => Query | null): Query | null {
    const fields = (this.defaultFields ??= textFields(this.scope.schema));
    if (fields.length === 0) {
      const expected = 'field:value, because the index has no text field to look for words in';
      throw this.faults.fault('QUERY_STRING_INVALID', node.position, { expected, found: shorten(node.text) });
    }
    return anyWritten(fields.map(queryIn));
  }

  private word(node: NodeOf<'word'>, field: IndexedField): Query | null {
    const { budget } = this.scope;
    const makeFault = this.faultsAt(node.position);
    if (node.pattern !== undefined) return this.pattern(node.pattern, node, field);
    if (node.fuzzy !== undefined) return this.misspelt(node.fuzzy, node, field);
    if (isAnalyzed(field)) return allWritten(termQueries(field, node.text, budget, makeFault));
    budget.spend(1, makeFault);
    return queriesOf(field, this.scope).exact(field.name, this.operand(node, field));
  }

  /** On a field that is not text it is the value, spaces and all. */
  private phrase({ text, slop, position }: NodeOf<'phrase'>, field: IndexedField): Query | null {
    if (!isAnalyzed(field)) return this.word({ kind: 'word', text, position }, field);
    return phraseQuery(field, text, slop, { budget: this.scope.budget, fault: this.faultsAt(position) });
  }

  /** Letters of a pattern on text are as those of its terms. */
  private pattern(pattern: string, { position, text }: NodeOf<'word'>, field: IndexedField): Query {
    requireKind(this.scope.schema, field, stringKinds, this.faultsAt(position));
    const fault = patternFault(pattern);
    if (fault !== null) throw this.faults.fault('QUERY_STRING_INVALID', position, { ...fault, found: shorten(text) });
    this.scope.budget.spend(1, this.faultsAt(position));
    return wildcardQuery(field.name, isAnalyzed(field) ? queryAnalyzerOf(field).normalizeLetters(pattern) : pattern);
  }

  private misspelt(edits: FuzzyEdits, { text, position }: NodeOf<'word'>, field: IndexedField): Query | null {
    const { schema, budget } = this.scope;
    const makeFault = this.faultsAt(position);
    requireKind(schema, field, stringKinds, makeFault);
    const limit = limits.patternLengthMax;
    if (text.length > limit) {
      const expected = `a word of at most ${limit} characters before ~`;
      throw this.faults.fault('QUERY_STRING_INVALID', position, { expected, limit, actual: text.length });
    }
    const fuzziness = edits === 'AUTO' ? autoFuzziness : () => edits;
    if (isAnalyzed(field)) return allWritten(termQueries(field, text, budget, makeFault, fuzziness));
    budget.spend(2, makeFault);
    const exact = queriesOf(field, this.scope).exact(field.name, this.operand({ text, position }, field));
    const fuzzy = canBeTerm(text) ? fuzzyQuery(field.name, text, fuzziness) : null;
    return fuzzy === null ? exact : exactOrNear(exact, fuzzy);
  }

  private range(node: NodeOf<'range'>, field: IndexedField): Query {
    const makeFault = this.faultsAt(node.position);
    requireKind(this.scope.schema, field, orderedKinds, makeFault);
    this.scope.budget.spend(1, makeFault);
    const { lowInclusive, highInclusive } = node;
    return queriesOf(field, this.scope).range(field.name, {
      low: node.low === null ? undefined : this.operand(node.low, field),
      lowInclusive,
      high: node.high === null ? undefined : this.operand(node.high, field),
      highInclusive,
    });
  }

  /** A word as the JSON value it stands for. */
  private operand({ text, position }: Bound, { name: field, kind }: IndexedField): Operand {
    const { fromText, expectedText } = definitionOf(kind);
    const fault = (expected: string): SheafError => {
      const detail = { field, kind, expected: expectedText ?? expected, found: shorten(text) };
      return this.faults.fault('QUERY_STRING_INVALID', position, detail);
    };
    return { value: fromText(text), wrongType: fault, invalid: ({ expected }) => fault(expected) };
  }

  private faultsAt(position: number): MakeFault {
    return (code, detail) => this.faults.fault(code, position, detail);
  }
}

function allWritten(queries: readonly Query[]): Query | null {
  return queries.length === 0 ? null : allOf(queries);
}

function anyWritten(queries: readonly (Query | null)[]): Query | null {
  const written = queries.filter((query) => query !== null);
  return written.length === 0 ? null : anyOf(written);
}

/** The grammar gives ranges and `*` only as values of a field. */
function owner(field: IndexedField | undefined): IndexedField {
  if (field === undefined) throw new Error('a range or * outside a field');
  return field;
}
