import { readObject } from '../../shared/json/read-object.ts';
import { arrayOf, numberThat, readBoolean } from '../../shared/json/readers.ts';
import { sortInSteps } from '../../shared/aggregation/sort-in-steps.ts';
import { readValues, valuesProperties } from './bucket-values.ts';
import type { PipelineDefinition } from './definition.ts';
import type { Shown } from './shown.ts';
import { boundsOf } from './shown-buckets.ts';

const percentsDefault = [1, 5, 25, 50, 75, 95, 99];
const percentsMax = 100;
const readPercent = numberThat('a number from 0 to 100', (value) => value >= 0 && value <= 100);

/**
 * `{"buckets_path", "gap_policy"?: "skip", "percents"?: [1, 5, 25, 50, 75, 95, 99], "keyed"?: true}`: of the numbers, ascending, that which stands
 * nearest to the share of the way from the first to the last. Nothing is interpolated.
 */
export const percentilesBucket: PipelineDefinition = {
  place: 'besideBuckets',
  read: (node, scope) => {
    const properties = readObject(node, [...valuesProperties, 'percents', 'keyed']);
    const values = readValues(properties, scope);
    const percents = properties.optional('percents', arrayOf(readPercent, percentsMax), percentsDefault);
    const isKeyed = properties.optional('keyed', readBoolean, true);
    const names = percents.map(nameOf);
    return {
      of: 'results',
      numbers: names,
      readNumber: ({ values: all }, name) =>
        isKeyed ? (all as Shown)[name] : (all as Shown[])[names.indexOf(name)]!['value'],
      *run(results, running) {
        const ascending = yield* sortInSteps(yield* values(results, running), (a, b) => a.value - b.value);
        const found = percents.map(
          (percent) => ascending[Math.round((percent / 100) * (ascending.length - 1))]?.value ?? null,
        );
        const shown: Shown | unknown[] = isKeyed
          ? Object.fromEntries(found.map((value, i) => [names[i]!, value]))
          : found.map((value, i) => ({ key: percents[i]!, value }));
        return { values: shown, ...boundsOf(running) };
      },
    };
  },
};

/** As Java writes doubles: 50 is `50.0`. */
function nameOf(percent: number): string {
  return Number.isInteger(percent) ? `${percent}.0` : String(percent);
}
