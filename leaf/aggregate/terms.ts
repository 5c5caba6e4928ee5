import type { TermsPartial } from '../../shared/aggregation/terms-partial.ts';
import { chosenNumbers } from './chosen-values.ts';
import type { MakeCollector } from './collecting-task.ts';
import { KeywordTermsCollector } from './keyword-terms.ts';
import { NumberBuckets } from './number-buckets.ts';
import { termsSending } from './send-terms.ts';

export const makeTerms: MakeCollector<'terms'> = (request, task) => {
  if (request.values === 'string') return new KeywordTermsCollector(request, task);
  const { field, choice, missing } = request;
  const values = chosenNumbers(field, { choice, missing: missing === undefined ? null : Number(missing) });
  return new NumberTermsCollector(request, task, { sent: termsSending(request), values });
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
