/** The roll-up index: a shard holds the rows whose dimensions hash to it, and every entry is an increment of a row. */
import { readRollupSchema } from '../rollup/parse-rollup.ts';
import { storedFields, visibleFields, type RollupSchema } from '../rollup/rollup-schema.ts';
import type { IndexContents, SharedKind } from './shared-kind.ts';

export const rollupKind: SharedKind = {
  keysHaveShards: true,
  keysAreRouted: false,
  keeps: 'rows',
  offsetMax: Infinity,
  readContents: (node) => {
    const rollup = readRollupSchema(node);
    return { contents: { schema: { fields: visibleFields(rollup), dynamic: 'strict' }, rollup }, dynamicGiven: false };
  },
  shownSchema: rollupOf,
  keptFields: (contents) => storedFields(rollupOf(contents)),
  lastingDifferences: (existing, asked) => {
    if (JSON.stringify(existing.rollup) === JSON.stringify(asked.rollup)) return {};
    const reason = 'the dimensions and metrics of a roll-up cannot change';
    return { rollup: { reason, existing: existing.rollup ?? null, asked: asked.rollup ?? null } };
  },
};

/** The dimensions and metrics of an index that is a roll-up. */
export function rollupOf({ rollup }: Pick<IndexContents, 'rollup'>): RollupSchema {
  if (rollup === undefined) throw new Error('the index is no roll-up');
  return rollup;
}
