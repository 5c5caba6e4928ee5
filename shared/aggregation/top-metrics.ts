/** Values of the first documents in the order of a field. */
import { integerWithin, oneOf, readBoolean, readString } from '../json/readers.ts';
import { listOf, shaped } from '../json/validators.ts';
import { isObject } from '../json/read-object.ts';
import { isNumberOrNull } from '../protocol/partial-fields.ts';
import { compareStrings } from '../ranking/order.ts';
import { shownKey, shownNames, type ShownName } from '../schema/kinds/field-kinds.ts';
import { bytesOfKey } from './answer-budget.ts';
import type { AggregationDefinition } from './definition.ts';
import { validateValueKind, type ValueKind } from './value-kind.ts';

export type TopMetricsRequest = {
  readonly kind: 'top_metrics';
  /** The fields whose values are told: of several numbers of a document their mean, of several strings the first. */
  readonly metrics: readonly {
    readonly field: string;
    readonly values: ValueKind;
    readonly show: ShownName;
  }[];
  readonly sort: TopSort;
  /** Documents that are told of, at least 1. */
  readonly size: number;
};

export interface TopSort {
  /** Of numbers. */
  readonly field: string;
  readonly descending: boolean;
  /** Whether of several values of a document the greatest counts, not the least. */
  readonly countsGreatest: boolean;
  /** Whether documents without a value come before all others. */
  readonly missingFirst: boolean;
  readonly show: ShownName;
}

/** What is told of a document. */
export interface TopRow {
  /** Null where the document has no value. */
  readonly sort: number | null;
  /** Parallel to the metrics of the request; null where the document has no value. */
  readonly metrics: readonly (number | string | null)[];
}

export type TopMetricsPartial = {
  readonly kind: 'top_metrics';
  /** The first, at most `size`, in order. */
  readonly top: readonly TopRow[];
};

/** A date as text. */
type Shown = number | string | null;

interface TopMetricsResult {
  readonly top: readonly { readonly sort: readonly Shown[]; readonly metrics: Readonly<Record<string, Shown>> }[];
}

declare module './definition.ts' {
  interface AggregationByKind {
    readonly top_metrics: {
      readonly request: TopMetricsRequest;
      readonly partial: TopMetricsPartial;
      readonly result: TopMetricsResult;
    };
  }
}

/** A row with its sort value, and what stands around the name of another and its value. */
const rowBytes = 44;
const namedBytes = 4;

const fromOne = integerWithin(1, Number.MAX_SAFE_INTEGER);
const readShow = oneOf(shownNames);

export const topMetrics: AggregationDefinition<'top_metrics'> = {
  nests: false,
  partialKind: 'top_metrics',
  validate: shaped({
    metrics: listOf(shaped({ field: readString, values: validateValueKind, show: readShow })),
    sort: shaped({
      field: readString,
      descending: readBoolean,
      countsGreatest: readBoolean,
      missingFirst: readBoolean,
      show: readShow,
    }),
    size: fromOne,
  }),
  isPartial: (request, { top }) =>
    Array.isArray(top) && top.length <= request.size && top.every((row) => isRow(request, row)),
  merge: ({ sort, size }, parts) => {
    if (parts.length === 1) return parts[0]!;
    const all = parts.flatMap(({ top }) => top);
    return { kind: 'top_metrics', top: all.sort((a, b) => compareRows(sort, a, b)).slice(0, size) };
  },
  resultBytes: () => 8,
  finish: ({ metrics, sort }, { top }, { budget }) => {
    budget.takeBytes(top.length * (rowBytes + metrics.length * namedBytes));
    return {
      top: top.map((row) => {
        const values = metrics.map(({ field, show }, i) => [field, shown(show, row.metrics[i]!)] as const);
        for (const [field, value] of values) budget.takeBytes(field.length + bytesOfKey(value));
        return { sort: [shown(sort.show, row.sort)], metrics: Object.fromEntries(values) };
      }),
    };
  },
};

function isRow({ metrics }: TopMetricsRequest, row: unknown): boolean {
  if (!isObject(row) || !isNumberOrNull(row['sort'])) return false;
  const values = row['metrics'];
  if (!Array.isArray(values) || values.length !== metrics.length) return false;
  return metrics.every(({ values: type }, i) => values[i] === null || typeof values[i] === type);
}

/** Where a sort value stands: the less the sooner. Those of documents without one are infinite. */
export function rankOf({ descending, missingFirst }: TopSort, value: number | null): number {
  if (value === null) return missingFirst ? -Infinity : Infinity;
  return descending ? -value : value;
}

/**
 * Negative where `a` comes before `b`. Of equal sort values the metrics decide, each ascending: so which of them are told does not depend
 * on where documents lie, and 0 is only what is told alike.
 */
export function compareRows(sort: TopSort, a: TopRow, b: TopRow): number {
  const [rankA, rankB] = [rankOf(sort, a.sort), rankOf(sort, b.sort)];
  if (rankA !== rankB) return rankA < rankB ? -1 : 1;
  for (let i = 0; i < a.metrics.length; i++) {
    const order = compareMetrics(a.metrics[i]!, b.metrics[i]!);
    if (order !== 0) return order;
  }
  return 0;
}

/** None comes last. */
function compareMetrics(a: number | string | null, b: number | string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareStrings(String(a), String(b));
}

function shown(show: ShownName, value: number | string | null): Shown {
  if (value === null) return null;
  const { key, asString } = shownKey(show, value);
  return asString ?? key;
}
