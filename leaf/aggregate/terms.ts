import type { TermsRequest } from '../../shared/aggregation/terms.ts';
import type { TermsPartial } from '../../shared/aggregation/terms-partial.ts';
import { chosenNumbers } from './chosen-values.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Segment } from '../segment/open.ts';
import type { CollectingTask, MakeCollector } from './collecting-task.ts';
import { topBuckets } from './document-batch.ts';
import { AllKeywordTermsCollector, KeywordTermsCollector } from './keyword-terms.ts';
import { NumberBuckets, type NumberBucketsOptions } from './number-buckets.ts';
import { termsSending } from './send-terms.ts';
import { unmatchedOf, type UnmatchedTerms } from './unmatched-terms.ts';

export const makeTerms: MakeCollector<'terms'> = (request, task) => {
  const unmatched = unmatchedOf(request, task);
  if (request.values === 'string') {
    return unmatched === null
      ? new KeywordTermsCollector(request, task)
      : new AllKeywordTermsCollector(request, unmatched, task);
  }
  const { field, choice, missing } = request;
  const values = chosenNumbers(field, { choice, missing: missing === undefined ? null : Number(missing) });
  const options = { sent: termsSending(request), values };
  return unmatched === null
    ? new NumberTermsCollector(request, task, options)
    : new AllNumberTermsCollector(request, unmatched, { task, ...options });
};

/** Documents by each distinct value of a numeric field. */
class NumberTermsCollector extends NumberBuckets<TermsPartial> {
  protected override keysOf(values: Float64Array, count: number, keys: Float64Array): void {
    for (let i = 0; i < count; i++) keys[i] = values[i]!;
  }

  protected keyOfValue(value: number): number {
    return value;
  }
}

/** The same with a bucket for each value that none of them has. At the top. */
class AllNumberTermsCollector extends NumberTermsCollector {
  private readonly unmatched: UnmatchedTerms;

  constructor(
    request: TermsRequest,
    unmatched: UnmatchedTerms,
    { task, ...options }: NumberBucketsOptions<TermsPartial> & { readonly task: CollectingTask },
  ) {
    super(request, task, options);
    this.unmatched = unmatched;
  }

  see(docIds: Uint32Array, count: number): void {
    const { values, unmatched } = this;
    values.begin(topBuckets, unmatched.docIds, unmatched.keep(docIds, count));
    for (let n = values.next(); n > 0; n = values.next()) {
      this.budget.spend(n);
      unmatched.add(values.values, n);
    }
  }

  complete(): Steps<void> {
    return this.unmatched.addTo(this.table);
  }

  protected override enter(segment: Segment): void {
    super.enter(segment);
    this.unmatched.enterSegment();
  }
}
