/** What is told of the aliases that roll. */
import { writeTarget } from '../../shared/catalog/aliases.ts';
import type { Lease } from '../../shared/lease/lease-entry.ts';
import { conditionsOf, nextBy } from './due.ts';
import { expiriesOf } from './expired.ts';
import { measureIndex, type MeasureDependencies } from './measure.ts';
import { rolloverLease, templatesThatRoll, type RolloverRunner } from './rollover-runner.ts';

export interface ShowDependencies extends MeasureDependencies {
  readonly leases: { all(): readonly Lease[] | null };
  readonly rollovers: Pick<RolloverRunner, 'problemOf'>;
}

/** A row for each policy. Cost: a step for each index of its alias, and each shard of the one that is written to. */
export function showRollovers(root: ShowDependencies) {
  const { state } = root.catalog;
  const by = root.leases.all()?.find(({ name }) => name === rolloverLease)?.holder ?? null;
  return templatesThatRoll(state).map(({ name: template, rollover: policy }) => {
    const alias = state.aliases.get(policy.alias);
    const target = writeTarget(alias);
    const index = target === undefined ? undefined : state.indexes.get(target.index);
    const measured = index === undefined ? null : measureIndex(root, index);
    const conditions = measured === null ? [] : conditionsOf(policy, measured);
    const rolled = (alias?.indexes ?? []).flatMap(({ rolledAtMs }) => rolledAtMs ?? []);
    const [oldest] = alias === undefined ? [] : expiriesOf(alias, policy);
    return {
      alias: policy.alias,
      template,
      index: index?.name ?? null,
      indexes: alias?.indexes.length ?? 0,
      conditions,
      next: nextBy(conditions)?.condition ?? null,
      lastRolledAt: rolled.length === 0 ? null : shownTime(Math.max(...rolled)),
      nextDeleted: oldest === undefined ? null : { index: oldest.target.index, at: shownTime(oldest.atMs) },
      by,
      problem: root.rollovers.problemOf(policy.alias)?.toBody() ?? null,
    };
  });
}

/** ISO 8601. */
export function shownTime(ms: number): string {
  return new Date(ms).toISOString();
}
