/** A row as a caller reads it. */
import type { RowLayout } from './row-layout.ts';
import { countPart } from './rollup-schema.ts';
import { decodeRowKey, sumOf, type Row } from './row.ts';

/** What is kept of one metric; integers beyond 2^53 are strings, and the least of no values is null. */
type ShownMetric = Readonly<Record<string, number | string | null>>;

/** A row: the values of its dimensions, by metric what is kept, and how many increments it holds. */
export interface ShownRow {
  readonly dimensions: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Record<string, ShownMetric>>;
  readonly increments: number;
}

export function showRow(layout: RowLayout, key: string, row: Row): ShownRow {
  const values = decodeRowKey(layout, key);
  const metrics: Record<string, Record<string, number | string | null>> = {};
  let increments = 0;
  layout.parts.forEach((part, i) => {
    if (part === countPart) {
      increments = row[i]!;
      return;
    }
    const dot = part.indexOf('.');
    const shown = (metrics[part.slice(dot + 1)] ??= {});
    const fold = layout.folds[i]!;
    if (fold.kind === 'low') shown['sum'] = showInteger(sumOf(BigInt(row[fold.high]!), BigInt(row[i]!)));
    else if (fold.kind === 'add') shown['count'] = row[i]!;
    else if (fold.kind !== 'high') shown[fold.kind] = Number.isFinite(row[i]!) ? row[i]! : null;
  });
  const dimensions = Object.fromEntries(layout.dimensions.map(({ name }, i) => [name, values[i]]));
  return { dimensions, metrics, increments };
}

function showInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
