import type { MakeCollector } from './collecting-task.ts';
import { SingleFilter } from './filter.ts';

/** The documents that match `exists` of the field are left out. */
export const makeMissing: MakeCollector<'missing'> = ({ field, aggregations }, task) => {
  const exists = { kind: 'exists', field } as const;
  const query = { kind: 'bool', must: [], should: [], filter: [], mustNot: [exists] } as const;
  return new SingleFilter({ query, aggregations }, task);
};
