import type { QueryOf } from '../../../shared/query/query.ts';
import { isTrue } from '../../../shared/expression/evaluate.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { noMoreDocuments, ResumingIterator } from '../iterator.ts';
import { ScriptValues, unpackReads } from '../script-values.ts';

export const script: ClauseKind<QueryOf<'script'>> = {
  iterate: ({ segment }, query) => new ScriptScan(new ScriptValues(segment, query.script), segment.documents),
  expand: ({ segment }, query) => unpackReads(segment, query.script),
};

/** Evaluates the script for one document after the other. */
class ScriptScan extends ResumingIterator {
  override readonly cost: number;
  private readonly values: ScriptValues;
  private readonly documents: number;

  constructor(values: ScriptValues, documents: number) {
    super();
    this.values = values;
    this.documents = documents;
    this.cost = documents * values.cost;
  }

  protected override find(target: number, end: number): number {
    const stop = Math.min(end, this.documents);
    let docId = target;
    while (docId < stop && !isTrue(this.values.valueOf(docId, 0))) docId++;
    return docId < stop || stop < this.documents ? docId : noMoreDocuments;
  }

  override score(): number {
    return 1;
  }
}
