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

/** What was made of a `Missing` before, by a name of how: thousands of buckets have the same. */
export function remembered<T>(): (missing: Missing, how: string, make: () => T) => T {
  const known = new WeakMap<Missing, Map<string, T>>();
  return (missing, how, make) => {
    let made = known.get(missing);
    if (made === undefined) known.set(missing, (made = new Map<string, T>()));
    let one = made.get(how);
    if (one === undefined) made.set(how, (one = make()));
    return one;
  };
}

const derive = remembered<Missing>();
const meant = remembered<DocumentsMeant>();
const values = remembered<readonly MissingValues[]>();

/** Any part of the documents, in these shards and in no others. Given the same of the same it is the same object. */
export function narrowed(missing: Missing, mayHave: (shard: MissingShard) => boolean): Missing {
  let which = '';
  for (const shard of missing.shards) which += mayHave(shard) ? '1' : '0';
  return derive(missing, which, () => {
    const shards = missing.shards.map((shard, i) => ({ ...shard, least: 0, most: which[i] === '1' ? shard.most : 0 }));
    return { ...missing, shards };
  });
}

/** The same shards, of which nothing is known. */
export function unbounded(missing: Missing, reason: NoBounds): Missing {
  return derive(missing, reason, () => {
    const shards = missing.shards.map(() => ({ documents: null, least: 0, most: Infinity, columns: null }));
    return { shards, sample: { reason }, reason };
  });
}

/** And as many documents of the shards that answered, of which nothing else is known. */
export function withUncounted(missing: Missing, uncounted: number): Missing {
  if (uncounted === 0) return missing;
  return derive(missing, `with ${uncounted}`, () => {
    const cut: MissingShard = { documents: null, least: 0, most: uncounted, columns: null };
    return { shards: [...missing.shards, cut], sample: { reason: 'cut' }, reason: 'cut' };
  });
}

/** The documents that have a value of the field. */
export function havingField(missing: Missing, field: string): Missing {
  return derive(missing, `having ${field}`, () =>
    narrowed(missing, ({ columns }) => boundsOfField(columns, field).most > 0),
  );
}

/** Both included. */
export interface DocumentsMeant {
  readonly least: number;
  readonly most: number;
}

/** Over all shards. */
export function documentsMeant(missing: Missing): DocumentsMeant {
  return meant(missing, '', () => ({
    least: missing.shards.reduce((sum, { least }) => sum + least, 0),
    most: missing.shards.reduce((sum, { most }) => sum + most, 0),
  }));
}

/** Values of a field in one shard: at most `count`, between `low` and `high`. */
export interface MissingValues extends Pick<ColumnBounds, 'low' | 'high'> {
  readonly count: number;
}

/** Of the shards that may have any. */
export function valuesMissing(missing: Missing, field: string): readonly MissingValues[] {
  return values(missing, field, () =>
    missing.shards.flatMap(({ most, columns }) => {
      const { most: ofDocument, low, high } = boundsOfField(columns, field);
      return most === 0 || ofDocument === 0 ? [] : [{ count: most * ofDocument, low, high }];
    }),
  );
}
