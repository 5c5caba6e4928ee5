import { readObject } from '../../shared/json/read-object.ts';
import { integerWithin } from '../../shared/json/readers.ts';
import { limits } from '../../shared/limits.ts';
import { costOf, evaluate } from '../../shared/expression/evaluate.ts';
import { readScript } from './read-script.ts';
import type { PipelineDefinition } from './definition.ts';
import { gapPolicyDefault, readGapPolicy } from './gap-policy.ts';
import { stepsPerResult } from './pipeline-work.ts';
import type { Shown } from './shown.ts';
import { shownValue } from './shown-buckets.ts';

/**
 * `{"buckets_path", "window", "script", "shift"?: 0, "gap_policy"?: "skip"}`: an expression of the numbers in the `window` buckets
 * before each, moved by `shift`. Buckets that have nothing to say are passed over.
 */
export const movingFn: PipelineDefinition = {
  place: 'inSequence',
  read: (node, { name, readPath }) => {
    const properties = readObject(node, ['buckets_path', 'window', 'script', 'shift', 'gap_policy']);
    const path = properties.required('buckets_path', readPath);
    const length = properties.required('window', integerWithin(1, limits.bucketsMax));
    const shift = properties.optional('shift', integerWithin(-limits.bucketsMax, limits.bucketsMax), 0);
    const policy = properties.optional('gap_policy', readGapPolicy, gapPolicyDefault);
    const { expression, constants } = properties.required('script', (script) =>
      readScript(script, { variables: [], window: 'values' }),
    );
    return {
      of: 'buckets',
      turn: 'computes',
      numbers: ['value'],
      *run(buckets, running) {
        const present: Shown[] = [];
        const values: number[] = [];
        for (const bucket of buckets) {
          if (running.work.isDue()) yield;
          const value = path.valueIn(bucket, policy);
          if (Number.isNaN(value)) continue;
          present.push(bucket);
          values.push(value);
        }
        for (const [i, bucket] of present.entries()) {
          const window = values.slice(Math.max(0, i - length + shift), Math.max(0, i + shift));
          const cost = window.length + costOf(expression, window.length);
          running.work.take(cost);
          if (running.work.isDue(stepsPerResult + cost)) yield;
          bucket[name] = shownValue(evaluate(expression, constants, window), running);
        }
        return buckets;
      },
    };
  },
};
