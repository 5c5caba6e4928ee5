import { meanOfIntegers, showInteger, type BigInts } from '../../shared/aggregation/big-ints.ts';
import type { MetricPartial } from '../../shared/aggregation/metric.ts';
import { exactSum } from '../../shared/aggregation/sum.ts';
import { sumOf } from '../../shared/rollup/row.ts';

/** Parts of rows that metrics are made of. */
export type Part = 'high' | 'low' | 'values' | 'min' | 'max';

/** A number of an answer; a string where a sum is beyond 2^53. */
export type Value = number | string | null;

/** What rows keep of a metric, added up. Only what is asked for is put together; what was not kept must not be asked for. */
export class KeptValues {
  private readonly field: string;
  private readonly part: (name: Part) => MetricPartial;
  private readonly bigInts: BigInts;

  /** @param part the merged values of a part of the rows */
  constructor(field: string, part: (name: Part) => MetricPartial, bigInts: BigInts) {
    this.field = field;
    this.part = part;
    this.bigInts = bigInts;
  }

  get sum(): bigint {
    return sumOf(exactSum(this.part('high').sum), exactSum(this.part('low').sum));
  }

  get count(): bigint {
    return exactSum(this.part('values').sum);
  }

  get min(): number | null {
    return this.part('min').min;
  }

  get max(): number | null {
    return this.part('max').max;
  }

  /** @throws SheafError SUM_TOO_LARGE where a value is beyond 2^53 and the caller wants no strings */
  show(value: bigint): Value {
    return showInteger(value, this.field, this.bigInts);
  }
}

/** Null of no values. */
export function meanOf({ sum, count }: KeptValues): number | null {
  return count === 0n ? null : meanOfIntegers(sum, count);
}
