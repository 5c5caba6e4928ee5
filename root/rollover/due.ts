/** Whether an alias is to be rolled, and by which condition. Pure. */
import type { RolloverPolicy } from '../../shared/catalog/definition.ts';

/** What is known of the index that is written to. */
export interface Measured {
  /** Null while not every shard has reported, as the next. */
  readonly documents: number | null;
  readonly bytes: number | null;
  /** Milliseconds since it was created; null where nobody wrote down when. */
  readonly ageMs: number | null;
}

export interface ConditionState {
  readonly condition: 'documents' | 'bytes' | 'age';
  readonly limit: number;
  /** Null where it is not known now. */
  readonly actual: number | null;
}

/** The conditions of a policy, in the order in which they are said. */
export function conditionsOf(policy: RolloverPolicy, measured: Measured): readonly ConditionState[] {
  const rows = [
    { condition: 'documents', limit: policy.documents, actual: measured.documents },
    { condition: 'bytes', limit: policy.bytes, actual: measured.bytes },
    { condition: 'age', limit: policy.ageMs, actual: measured.ageMs },
  ] as const;
  return rows.flatMap(({ limit, ...row }) => (limit === undefined ? [] : [{ ...row, limit }]));
}

/** The condition that holds, or null. Of several the first. */
export function dueBy(conditions: readonly ConditionState[]): ConditionState | null {
  return conditions.find(({ limit, actual }) => actual !== null && actual >= limit) ?? null;
}

/** The condition that is nearest to holding, by how much of it is there; null where there is none, or none is known. */
export function nextBy(conditions: readonly ConditionState[]): ConditionState | null {
  let next: ConditionState | null = null;
  for (const each of conditions) {
    if (each.actual === null) continue;
    if (next === null || each.actual / each.limit > next.actual! / next.limit) next = each;
  }
  return next;
}
