/** The SQLite table that the rows of a roll-up become. Pure. */
import type { RollupSchema } from '../../shared/rollup/rollup-schema.ts';
import type { ShownRow } from '../../shared/rollup/show-row.ts';
import { definitionOf } from '../../shared/schema/kinds/field-kinds.ts';

type SqlValue = string | number | bigint | null;

export interface Column {
  readonly name: string;
  readonly type: 'TEXT' | 'INTEGER' | 'REAL';
  readonly valueOf: (row: ShownRow) => SqlValue;
}

/** A column for each dimension, for what is kept of each metric (`clicks_sum`), and `increments`. Dates are milliseconds. */
export function columnsOf({ dimensions, metrics }: RollupSchema): readonly Column[] {
  return withOwnNames([
    ...Object.entries(dimensions).map(([name, { kind }]): Column => {
      const type = definitionOf(kind).dimension?.sqlType ?? 'TEXT';
      return { name, type, valueOf: (row) => dimensionValue(row.dimensions[name]) };
    }),
    ...Object.entries(metrics).flatMap(([name, { keep }]) =>
      keep.map((kept): Column => {
        return {
          name: `${name}_${kept}`,
          type: 'INTEGER',
          valueOf: (row) => integer(row.metrics[name]?.[kept] ?? null),
        };
      }),
    ),
    { name: 'increments', type: 'INTEGER', valueOf: ({ increments }) => increments },
  ]);
}

/** SQLite takes `a` and `A` for one name, and a dimension may be called `increments`: the later of two ends in `_2`. */
function withOwnNames(columns: readonly Column[]): readonly Column[] {
  const taken = new Set<string>();
  return columns.map((column) => {
    let name = column.name;
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${column.name}_${count}`;
    taken.add(name.toLowerCase());
    return { ...column, name };
  });
}

function dimensionValue(value: unknown): SqlValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

/** Sums beyond 2^53 come as strings; SQLite's integers have 64 bits. */
function integer(value: number | string | null): SqlValue {
  return typeof value === 'string' ? BigInt(value) : value;
}

/** A name as SQL writes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

const int64Max = 2n ** 63n - 1n;

/** Whether SQLite's 64 bits hold it. */
export function fitsInteger(value: SqlValue): boolean {
  return typeof value !== 'bigint' || (value <= int64Max && value >= -int64Max - 1n);
}
