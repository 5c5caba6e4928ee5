/**
 * The counts that scores are computed from, over the documents up to the cut. Where every shard stood at the same offset
 * they came with the sets; where some were ahead, those are asked once more, for what they had at the cut.
 */
import type { StatisticsTask } from '../../shared/protocol/tasks/statistics.ts';
import type { ShardFailure } from '../../shared/protocol/tasks/task.ts';
import { scoringTerms, type FieldTerms } from '../../shared/query/query.ts';
import { frequencyOf, noStatistics, type Statistics } from '../../shared/ranking/statistics.ts';
import { endOfCounting } from '../plan/deadline.ts';
import type { SearchRun } from '../plan/search-run.ts';
import { askSome } from '../plan/ask-some.ts';
import type { SetPlan } from './plan-sets.ts';
import type { SetsRound } from './sets-round.ts';

export interface CountedUpTo {
  readonly statistics: Statistics;
  /** Shards that did not count in time; what they had with the sets is taken, a little ahead of the cut. */
  readonly failures: readonly ShardFailure[];
}

/** Rejects with `signal.reason` when the caller left. */
export async function countUpTo(run: SearchRun, plan: SetPlan, round: SetsRound): Promise<CountedUpTo> {
  const { answers, answered, cut } = round;
  const terms = plan.score === null ? {} : scoringTerms(run.request.query);
  const partials = answers.map(({ partial }) => partial);
  if (Object.keys(terms).length === 0) return { statistics: noStatistics, failures: [] };
  const withSets = joinStatistics(partials, terms);
  const isEven = partials.every(({ offsets }) => Object.values(offsets).every((offset) => offset === cut));
  if (isEven) return { statistics: withSets, failures: [] };
  const counted = await askSome<StatisticsTask>(run, {
    name: 'statistics',
    shards: answered,
    end: endOfCounting(run.root.clock.now(), run.deadlines),
    taskClass: 'statistics',
    makeTask: (base) => ({ ...base, kind: 'statistics', terms, cut }),
  });
  const { failures } = counted;
  if (failures.length > 0) return { statistics: withSets, failures };
  const upToCut = counted.answers.map(({ partial }) => partial);
  return { statistics: joinStatistics(upToCut, terms), failures };
}

/** Every shard counts the fields of the whole index; each term is counted by the one shard that has it. */
function joinStatistics(parts: readonly { readonly statistics: Statistics }[], terms: FieldTerms): Statistics {
  const frequencies: Record<string, Record<string, number>> = Object.create(null);
  for (const [field, names] of Object.entries(terms)) {
    const counts: Record<string, number> = Object.create(null);
    for (const name of names)
      counts[name] = parts.reduce((sum, part) => sum + frequencyOf(part.statistics, field, name), 0);
    frequencies[field] = counts;
  }
  return { fields: Object.assign({}, ...parts.map(({ statistics }) => statistics.fields)), frequencies };
}
