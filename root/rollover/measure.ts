/** What is known of the index that an alias is written to, beside what its policy says. */
import type { CatalogState, IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { RolloverPolicy } from '../../shared/catalog/definition.ts';
import { countBytes, countDocuments } from '../http/count-documents.ts';
import type { Membership } from '../membership/membership.ts';
import { conditionsOf, type ConditionState, type Measured } from './due.ts';
import { writtenUnder } from './roll-alias.ts';

export interface MeasureDependencies {
  readonly catalog: { readonly state: CatalogState };
  readonly membership: Pick<Membership, 'documentsOf' | 'bytesOf'>;
  /** Milliseconds since 1970. */
  readonly timeOfDay: () => number;
}

export function measureIndex({ membership, timeOfDay }: MeasureDependencies, index: IndexDefinition): Measured {
  const { createdAtMs } = index;
  return {
    documents: countDocuments(membership, index),
    bytes: countBytes(membership, index),
    ageMs: createdAtMs === undefined ? null : timeOfDay() - createdAtMs,
  };
}

/** @throws SheafError ALIAS_NOT_FOUND, ALIAS_NOT_WRITABLE */
export function measure(
  root: MeasureDependencies,
  policy: RolloverPolicy,
): { readonly index: IndexDefinition; readonly measured: Measured; readonly conditions: readonly ConditionState[] } {
  const index = writtenUnder(root.catalog.state, policy.alias);
  const measured = measureIndex(root, index);
  return { index, measured, conditions: conditionsOf(policy, measured) };
}
