import type { MakeCollector } from './collecting-task.ts';
import { SingleFilter } from './filter.ts';

/** Is told of all documents that there are, and takes those that there are to the caller. */
export const makeGlobal: MakeCollector<'global'> = (request, task) => new GlobalCollector(request, task);

class GlobalCollector extends SingleFilter {
  readonly takes = 'everything';
}
