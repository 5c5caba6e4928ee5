/** How many distinct values there are: exactly up to a threshold, beyond it with a known error. */
import { integerWithin, readString } from '../json/readers.ts';
import { shaped } from '../json/validators.ts';
import { decodeHashes, decodeRegisters, type CardinalityPartial } from './cardinality-partial.ts';
import type { AggregationDefinition } from './definition.ts';
import { DistinctHashes } from './distinct-hashes.ts';
import { estimate, precisionOf, standardError } from './hyper-log-log.ts';
import { validateMissing, validateValueKind, type ValueKind } from './value-kind.ts';
import { valuesMissing } from './missing-shards.ts';
import { noEstimate, sayBounds } from './say-bounds.ts';

/** As in Elasticsearch. */
export const precisionThresholdMax = 40_000;

export type CardinalityRequest = {
  readonly kind: 'cardinality';
  readonly field: string;
  readonly values: ValueKind;
  /** Up to so many distinct values the result is exact; 0 to `precisionThresholdMax`. */
  readonly precisionThreshold: number;
  /** The value of documents without one, of the type that `values` says. */
  readonly missing?: number | string;
};

interface CardinalityResult {
  readonly value: number;
  /** Standard error relative to the value; 0 where the value is exact, null where shards did not answer or cut away the bucket around. */
  readonly error: number | null;
}

declare module './definition.ts' {
  interface AggregationByKind {
    readonly cardinality: {
      readonly request: CardinalityRequest;
      readonly partial: CardinalityPartial;
      readonly result: CardinalityResult;
    };
  }
}

/** A number and its error. */
const resultBytes = 40;

export const cardinality: AggregationDefinition<'cardinality'> = {
  nests: false,
  partialKind: 'cardinality',
  validate: shaped(
    {
      field: readString,
      values: validateValueKind,
      precisionThreshold: integerWithin(0, precisionThresholdMax),
    },
    { missing: validateMissing },
  ),
  resultBytes: () => resultBytes,
  isPartial: ({ precisionThreshold }, { hashes, registers }) => {
    if (hashes !== undefined) return registers === undefined && decodeHashes(hashes, precisionThreshold) !== null;
    return decodeRegisters(registers, precisionOf(precisionThreshold)) !== null;
  },
  merge: ({ precisionThreshold }, parts) => {
    if (parts.length === 1) return parts[0]!;
    const union = new DistinctHashes(precisionThreshold);
    for (const part of parts) union.addPartial(part);
    return union.partial();
  },
  finish: ({ precisionThreshold }, partial, { isComplete, lacking }) => {
    const told = (value: number, error: number): CardinalityResult => ({
      value,
      error: isComplete && lacking === 0 ? error : null,
    });
    if ('hashes' in partial) return told(Buffer.byteLength(partial.hashes, 'base64') / 8, 0);
    const precision = precisionOf(precisionThreshold);
    const registers = decodeRegisters(partial.registers, precision);
    if (registers === null) throw new Error('a partial that was checked has no registers');
    // There are registers because there were more than the threshold; full ones say that there is no end.
    const least = precisionThreshold + 1;
    const value = Math.min(Number.MAX_SAFE_INTEGER, Math.max(least, Math.round(estimate(registers, precision))));
    return told(value, standardError(precision));
  },
  // How many of what nobody looked at are the same cannot be told from how many there are.
  bounds: ({ field, precisionThreshold }, partial, missing) => {
    const exact = 'hashes' in partial ? Buffer.byteLength(partial.hashes, 'base64') / 8 : null;
    const more = valuesMissing(missing, field).reduce((sum, { count }) => sum + count, 0);
    // Where there are registers there were more than the threshold, and how many more is an estimate itself.
    const interval =
      exact === null ? { min: precisionThreshold + 1, max: Infinity } : { min: exact, max: exact + more };
    return { ...sayBounds(interval, missing.reason), ...noEstimate('kind') };
  },
};
