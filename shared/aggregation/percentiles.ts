/** The values below which given percentages of all values lie: exactly while there are few, beyond with a known error. */
import { numberThat, oneOf, readBoolean, readString, type Reader } from '../json/readers.ts';
import { listOf, shaped, validateNumber } from '../json/validators.ts';
import { shownKey, shownNames, type ShownName } from '../schema/kinds/field-kinds.ts';
import type { AggregationDefinition } from './definition.ts';
import { isDistribution, type DistributionPartial } from './distribution-partial.ts';
import { Distribution } from './distribution.ts';
import { javaDouble } from './java-double.ts';
import { percentilesOf } from './quantile.ts';
import { binError } from './sketch-bins.ts';

export type PercentilesRequest = {
  readonly kind: 'percentiles';
  readonly field: string;
  /** How values are shown besides the number. */
  readonly show: ShownName;
  /** 0 to 100, ascending. */
  readonly percents: readonly number[];
  readonly keyed: boolean;
  /** The value of documents without one. */
  readonly missing?: number;
};

/** Each percentile by its name, or in a list; with dates as text beside it. */
interface ManyResult {
  readonly values: Readonly<Record<string, number | string | null>> | readonly KeyedValue[];
  /** What the answer is off by at most: 0 where it is exact, null where shards did not answer. */
  readonly error: number | null;
}

interface KeyedValue {
  readonly key: number;
  readonly value: number | null;
  readonly value_as_string?: string;
}

declare module './definition.ts' {
  interface AggregationByKind {
    readonly percentiles: {
      readonly request: PercentilesRequest;
      readonly partial: DistributionPartial;
      readonly result: ManyResult;
    };
  }
}

/** Reads one percentage, on both sides of the wire. */
export const readPercent: Reader<number> = numberThat('a number from 0 to 100', (value) => value >= 0 && value <= 100);

/** What any kind does that is made of a distribution. */
export const ofDistribution: Pick<
  AggregationDefinition<'percentiles' | 'percentile_ranks'>,
  'partialKind' | 'isPartial' | 'merge'
> & { readonly nests: false } = {
  nests: false,
  partialKind: 'distribution',
  isPartial: (_request, partial) => isDistribution(partial),
  merge: (_request, parts) => {
    if (parts.length === 1) return parts[0]!;
    const union = new Distribution();
    for (const part of parts) union.addPartial(part);
    return union.partial();
  },
};

export const percentiles: AggregationDefinition<'percentiles'> = {
  ...ofDistribution,
  validate: shaped(
    { field: readString, show: oneOf(shownNames), percents: listOf(readPercent), keyed: readBoolean },
    { missing: validateNumber },
  ),
  resultBytes: ({ percents, keyed, show }) => bytesOfMany(percents.length, { keyed, show }),
  finish: ({ percents, keyed, show }, partial, { isComplete }) => ({
    values: shownMany({ keys: percents, values: percentilesOf(partial, percents), keyed, show }),
    error: isComplete ? errorOf(partial, binError) : null,
  }),
};

interface ShowMany {
  readonly keyed: boolean;
  readonly show: ShownName;
}

/** Bytes of the JSON of many numbers, about: each with its name, as what it stands under or beside it, and with its text. */
export function bytesOfMany(count: number, { keyed, show }: ShowMany): number {
  const each = keyed ? 28 : 44;
  const text = keyed ? 56 : 48;
  return 40 + count * (each + (show === 'plain' ? 0 : text));
}

/** @param ofSketch the error where there is a sketch */
export function errorOf(partial: DistributionPartial, ofSketch: number): number {
  return 'values' in partial ? 0 : ofSketch;
}

/** Values by their keys, as Elasticsearch shows them. @param values parallel to the keys */
export function shownMany({
  keys,
  values,
  keyed,
  show,
}: {
  readonly keys: readonly number[];
  readonly values: readonly (number | null)[];
  readonly keyed: boolean;
  readonly show: ShownName;
}): ManyResult['values'] {
  const asString = (value: number | null): string | undefined =>
    value === null ? undefined : shownKey(show, value).asString;
  if (!keyed) {
    return keys.map((key, i) => {
      const text = asString(values[i]!);
      return { key, value: values[i]!, ...(text === undefined ? {} : { value_as_string: text }) };
    });
  }
  const shown: Record<string, number | string | null> = {};
  keys.forEach((key, i) => {
    const name = javaDouble(key);
    shown[name] = values[i]!;
    const text = asString(values[i]!);
    if (text !== undefined) shown[`${name}_as_string`] = text;
  });
  return shown;
}
