import { readObject } from '../../shared/json/read-object.ts';
import type { Reader } from '../../shared/json/readers.ts';
import { readString } from '../../shared/json/readers.ts';
import type { Owner, PipelineDefinition } from './definition.ts';
import type { Running, Shown } from './shown.ts';
import { gapPolicyDefault, readGapPolicy } from './gap-policy.ts';
import { boundsOf, orNull, shownValue } from './shown-buckets.ts';

/**
 * `{"buckets_path", "gap_policy"?: "skip", "unit"?: "day"}`: what a number is more than in the bucket before; with a unit also by
 * how much in each unit of the distance between the keys.
 */
export const derivative: PipelineDefinition = {
  place: 'inSequence',
  read: (node, { name, owner, readPath }) => {
    const properties = readObject(node, ['buckets_path', 'gap_policy', 'unit']);
    const path = properties.required('buckets_path', readPath);
    const policy = properties.optional('gap_policy', readGapPolicy, gapPolicyDefault);
    const unitMs = properties.optional('unit', unitReader(owner), null);
    return {
      of: 'buckets',
      turn: 'computes',
      numbers: unitMs === null ? ['value'] : ['value', 'normalized_value'],
      *run(buckets, running) {
        // Before the first bucket there is nothing that it could differ from.
        let before: Shown | null = null;
        let valueBefore = NaN;
        for (const bucket of buckets) {
          if (running.work.isDue()) yield;
          const value = path.valueIn(bucket, policy);
          if (before !== null) {
            const units = unitMs === null ? null : distanceOf(before, bucket) / unitMs;
            bucket[name] = shownChange(value - valueBefore, units, running);
          }
          [before, valueBefore] = [bucket, value];
        }
        return buckets;
      },
    };
  },
};

/** @param units from the bucket before, where the change in each of them is asked for */
function shownChange(change: number, units: number | null, running: Running): Shown {
  if (units === null) return shownValue(change, running);
  return { value: orNull(change), normalized_value: orNull(change / units), ...boundsOf(running) };
}

/** In milliseconds, as keys are. */
function distanceOf(before: Shown, bucket: Shown): number {
  return Number(bucket['key']) - Number(before['key']);
}

const secondMs = 1000;
const dayMs = 86_400 * secondMs;
/** A year of the Gregorian calendar is so long on average. */
const yearMs = 365.2425 * dayMs;

/** A Map, because the words come from callers. Months, quarters and years are as long as they are on average, as in Elasticsearch. */
const units: ReadonlyMap<string, number> = new Map([
  ['second', secondMs],
  ['minute', 60 * secondMs],
  ['hour', 3600 * secondMs],
  ['day', dayMs],
  ['week', 7 * dayMs],
  ['month', yearMs / 12],
  ['quarter', yearMs / 4],
  ['year', yearMs],
]);
const letters: ReadonlyMap<string, string> = new Map([
  ['1s', 'second'],
  ['1m', 'minute'],
  ['1h', 'hour'],
  ['1d', 'day'],
  ['1w', 'week'],
  ['1M', 'month'],
  ['1q', 'quarter'],
  ['1y', 'year'],
]);

function unitReader(owner: Owner | null): Reader<number> {
  return (node) => {
    if (owner !== null && 'show' in owner.request && owner.request.show !== 'date') {
      throw node.invalid({ expected: 'no unit: the keys of the histogram around it are no dates' });
    }
    const text = readString(node);
    const found = units.get(letters.get(text) ?? text);
    if (found !== undefined) return found;
    const allowed = [...units.keys(), ...letters.keys()];
    throw node.invalid({ expected: `one of ${allowed.join(', ')}`, allowed });
  };
}
