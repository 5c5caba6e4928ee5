import type { MakeCollector } from './collecting-task.ts';
import { DistributionCollector } from './distribution.ts';

export const makePercentiles: MakeCollector<'percentiles'> = (request, { budget }) =>
  new DistributionCollector(request, budget);
