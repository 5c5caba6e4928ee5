import { scoreOf } from '../../../shared/query/clauses/script-score.ts';
import type { QueryOf } from '../../../shared/query/query.ts';
import type { ClauseKind } from '../clause-kind.ts';
import type { DocumentIterator } from '../iterator.ts';
import { Rescored } from '../rescored.ts';
import { ScriptValues, unpackReads } from '../script-values.ts';

export const scriptScore: ClauseKind<QueryOf<'scriptScore'>> = {
  iterate(scope, { query, script }, scoring) {
    const inner = scope.iterate(query, scoring);
    return scoring === null ? inner : new ScriptScored(inner, new ScriptValues(scope.segment, script));
  },
  *expand({ segment }, { script }, isScored) {
    return isScored ? yield* unpackReads(segment, script) : undefined;
  },
  explain(scope, { query, script }, scoring) {
    const explain = scope.explain(query, scoring);
    const values = new ScriptValues(scope.segment, script);
    return (docId) => {
      const inner = explain(docId);
      if (inner === null) return null;
      const value = scoreOf(values.valueOf(docId, inner.value));
      return { value, description: `script_score: ${script.source}`, details: [inner, ...values.explain(docId)] };
    };
  },
  mayMatch: (_segment, { query }, inner) => inner(query),
};

class ScriptScored extends Rescored {
  override readonly cost: number;
  private readonly values: ScriptValues;

  constructor(inner: DocumentIterator, values: ScriptValues) {
    super(inner);
    this.values = values;
    this.cost = inner.cost * values.cost;
  }

  override score(): number {
    return scoreOf(this.values.valueOf(this.docId, this.inner.score()));
  }
}
