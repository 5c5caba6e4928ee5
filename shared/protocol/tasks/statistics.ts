import { shaped, validateFieldTerms } from '../../json/validators.ts';
import type { FieldTerms } from '../../query/query.ts';
import type { Statistics } from '../../ranking/statistics.ts';
import { isStatistics } from '../partial-fields.ts';
import type { PartialBase, TaskBase, TaskMessage } from './task.ts';

/** Counts live documents and document frequencies, for scores that are the same everywhere. */
export interface StatisticsTask extends TaskBase {
  readonly kind: 'statistics';
  readonly terms: FieldTerms;
  /** Of a term index: count documents up to this ordinal only. */
  readonly cut?: number;
}

export interface StatisticsPartial extends PartialBase {
  readonly kind: 'statistics';
  readonly statistics: Statistics;
}

export const statisticsMessage: TaskMessage<StatisticsTask> = {
  validate: shaped({ terms: validateFieldTerms }),
  isAnswer: (_task, { statistics }) => isStatistics(statistics),
};
