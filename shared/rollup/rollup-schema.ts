/** What a roll-up index keeps: the dimensions whose combinations are its rows, and what it adds up for each of them. */
import { kindsThat, type FieldKind } from '../schema/kinds/field-kinds.ts';
import type { FieldDefinition, IndexedField } from '../schema/schema.ts';

/** Kinds of values that tell rows apart. */
export const dimensionKinds: readonly FieldKind[] = kindsThat(({ dimension }) => dimension !== null);

export interface Dimension {
  readonly kind: FieldKind;
  /** Of a date: milliseconds to whose multiples, counted from 1970 UTC, it is cut. */
  readonly interval?: number;
  /** Of a date: it is the time at which a root received the increment, and increments do not carry it. */
  readonly arrivedAt?: true;
}

/** What is kept of the values of a metric. */
export const keepable = ['sum', 'count', 'min', 'max'] as const;
export type Kept = (typeof keepable)[number];

export interface Metric {
  readonly keep: readonly Kept[];
  /** It is the millisecond, 0 to 999, of the second at which a root received the increment. */
  readonly arrivedAt?: 'millisecond';
}

/** Names ascend in both, so that equal definitions look equal. Neither changes after the index was created. */
export interface RollupSchema {
  readonly dimensions: Readonly<Record<string, Dimension>>;
  readonly metrics: Readonly<Record<string, Metric>>;
}

/** How many increments a row holds: the name of a part of every row. No caller's field begins with `_`. */
export const countPart = '_count';

/** The name of a part of a row. A sum has two: see row.ts. */
export function partName(part: 'high' | 'low' | 'values' | 'min' | 'max', metric: string): string {
  return `_${part}.${metric}`;
}

/** The fields as callers name them, in documents and searches. */
export function visibleFields({ dimensions, metrics }: RollupSchema): Record<string, FieldDefinition> {
  const fields: Record<string, FieldDefinition> = {};
  for (const [name, { kind }] of Object.entries(dimensions)) fields[name] = { kind };
  for (const name of Object.keys(metrics)) fields[name] = { kind: 'integer' };
  return fields;
}

/** The fields that a leaf keeps of each row, sorted by name: the dimensions and the parts. */
export function storedFields({ dimensions, metrics }: RollupSchema): IndexedField[] {
  const parts = [countPart, ...Object.entries(metrics).flatMap(([name, { keep }]) => partsOf(name, keep))];
  return [
    ...Object.entries(dimensions).map(([name, { kind }]): IndexedField => ({ name, path: name, kind })),
    ...parts.map((name): IndexedField => ({ name, path: name, kind: 'integer' })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function partsOf(metric: string, keep: readonly Kept[]): string[] {
  return keep.flatMap((kept) => {
    switch (kept) {
      case 'sum':
        return [partName('high', metric), partName('low', metric)];
      case 'count':
        return [partName('values', metric)];
      case 'min':
      case 'max':
        return [partName(kept, metric)];
    }
  });
}
