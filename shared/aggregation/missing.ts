/**
 * What is known of the shards that did not answer, and what may therefore be said of a number: limits that the true value is within
 * in every case, and an estimate where documents are spread by chance. The truth is the state that coverage names for each of them. Pure.
 */
import { boundsOfField, type ColumnBounds, type ColumnsReport } from '../protocol/columns-report.ts';

export interface MissingShard {
  /** Live documents; null where no state of the shard is known. */
  readonly documents: number | null;
  /** Documents that may be meant here, those that match or fall in a bucket: at least so many. */
  readonly least: number;
  /** At most so many; Infinity where nothing is known. */
  readonly most: number;
  /** Null where nothing is known of them. */
  readonly columns: ColumnsReport | null;
}

/** Why a number has no bounds. */
export type NoBounds =
  /** Of one of the shards nobody has told what it is made of. */
  | 'unknown'
  /** No rule bounds this kind of aggregation, or this number. */
  | 'kind'
  /** Leaves have cut terms, or stopped counting: what was found is not all there was. */
  | 'cut'
  /** There are no values, and none are missing. */
  | 'none'
  /** What is counted are not documents: rows of a roll-up stand for several, a term index counts where terms are. */
  | 'index_kind';

/** Why a number has no estimate. */
export type NoEstimate =
  | NoBounds
  /** Too few were found, are to be expected where nobody answered, or do not match. */
  | 'rare'
  /** Its bounds are one value. */
  | 'exact'
  /** Documents went by a routing, or may have: they are not spread by chance. */
  | 'routing'
  /** Of several indexes: found together, but each is spread by itself. */
  | 'several_indexes';

/** The documents that answered, as a sample of all; or why they are none. */
export type Sample =
  | {
      /** Live ones in the shards that answered. */
      readonly documents: number;
      /** Of a field, the most values of one document in any shard; Infinity where that is not known. */
      readonly mostValues: (field: string) => number;
    }
  | { readonly reason: NoEstimate };

export interface Missing {
  readonly shards: readonly MissingShard[];
  readonly sample: Sample;
  /** Said where a number is bounded on neither side. */
  readonly reason: NoBounds;
}

/** The same shards, of which no more documents are meant than told. @param most of one shard */
export function narrowed(missing: Missing, most: (shard: MissingShard) => number): Missing {
  const shards = missing.shards.map((shard) => ({ ...shard, least: 0, most: Math.min(shard.most, most(shard)) }));
  return { ...missing, shards };
}

/** The same shards, of which nothing is known. */
export function unbounded(missing: Missing, reason: NoBounds): Missing {
  const shards = missing.shards.map(() => ({ documents: null, least: 0, most: Infinity, columns: null }));
  return { shards, sample: { reason }, reason };
}

/** And as many documents of the shards that answered, of which nothing else is known. */
export function withUncounted(missing: Missing, uncounted: number): Missing {
  if (uncounted === 0) return missing;
  const cut: MissingShard = { documents: null, least: 0, most: uncounted, columns: null };
  return { shards: [...missing.shards, cut], sample: { reason: 'cut' }, reason: 'cut' };
}

/** The documents that have a value of the field. */
export function havingField(missing: Missing, field: string): Missing {
  return narrowed(missing, ({ most, columns }) => (boundsOfField(columns, field).most === 0 ? 0 : most));
}

/** Documents meant, over all shards. */
export function documentsMeant({ shards }: Missing): { readonly least: number; readonly most: number } {
  return {
    least: shards.reduce((sum, { least }) => sum + least, 0),
    most: shards.reduce((sum, { most }) => sum + most, 0),
  };
}

/** Values of a field in one shard: at most `count`, between `low` and `high`. */
export interface MissingValues extends Pick<ColumnBounds, 'low' | 'high'> {
  readonly count: number;
}

/** Of the shards that may have any. */
export function valuesMissing({ shards }: Missing, field: string): MissingValues[] {
  return shards.flatMap(({ most, columns }) => {
    const { most: ofDocument, low, high } = boundsOfField(columns, field);
    return most === 0 || ofDocument === 0 ? [] : [{ count: most * ofDocument, low, high }];
  });
}
