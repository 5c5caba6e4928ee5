import type { MultiTermsRequest, TermSource } from '../../shared/aggregation/multi-terms.ts';
import type { TermsPartial } from '../../shared/aggregation/terms-partial.ts';
import type { CollectingTask, MakeCollector } from './collecting-task.ts';
import { termsSending } from './send-terms.ts';
import { KeywordSource } from './tuples/keyword-source.ts';
import { NumberSource } from './tuples/number-source.ts';
import { TupleBuckets } from './tuples/tuple-buckets.ts';
import type { TupleSource } from './tuples/tuple-source.ts';

export const makeMultiTerms: MakeCollector<'multi_terms'> = (request, task) => new MultiTermsCollector(request, task);

/** Documents by each combination of values of several fields. */
class MultiTermsCollector extends TupleBuckets<TermsPartial> {
  constructor(request: MultiTermsRequest, task: CollectingTask) {
    const sources = request.sources.map((source) => sourceOf(source, task));
    super(request, task, sources, termsSending(request));
  }

  protected numberOfTuple(): number {
    const known = this.tuples.find(this.tuple);
    return known < 0 ? this.tuples.add(this.tuple) : known;
  }

  protected compareRanked(i: number, a: number, b: number): number {
    return this.sources[i]!.compareRanked(a, b);
  }
}

function sourceOf({ field, values, missing }: TermSource, task: CollectingTask): TupleSource {
  if (values === 'string') return new KeywordSource(field, missing === undefined ? null : String(missing), task);
  return new NumberSource(field, missing === undefined ? null : Number(missing));
}
