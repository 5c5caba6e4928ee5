import type { MakeCollector } from './collecting-task.ts';
import { DistributionCollector } from './distribution.ts';

export const makePercentileRanks: MakeCollector<'percentile_ranks'> = (request, { budget }) =>
  new DistributionCollector(request, budget);
