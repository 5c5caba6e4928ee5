import { readObject } from '../../shared/json/read-object.ts';
import { costOf, evaluate } from '../../shared/expression/evaluate.ts';
import { readScript } from './read-script.ts';
import { valuesIn, variablesReader } from './bucket-variables.ts';
import type { PipelineDefinition } from './definition.ts';
import { gapPolicyDefault, readGapPolicy } from './gap-policy.ts';
import { stepsPerResult } from './pipeline-work.ts';
import { shownValue } from './shown-buckets.ts';

/**
 * `{"buckets_path": paths by name, "script", "gap_policy"?: "skip"}`: an expression of numbers of each bucket. A bucket that lacks
 * one of them has no result.
 */
export const bucketScript: PipelineDefinition = {
  place: 'inBuckets',
  read: (node, { name, readPath }) => {
    const properties = readObject(node, ['buckets_path', 'script', 'gap_policy']);
    const variables = properties.required('buckets_path', variablesReader(readPath));
    const policy = properties.optional('gap_policy', readGapPolicy, gapPolicyDefault);
    const { expression, constants } = properties.required('script', (script) =>
      readScript(script, { variables: variables.names, window: null }),
    );
    const cost = costOf(expression);
    return {
      of: 'buckets',
      turn: 'computes',
      numbers: ['value'],
      *run(buckets, running) {
        running.work.take(buckets.length * cost);
        for (const bucket of buckets) {
          if (running.work.isDue(stepsPerResult + cost)) yield;
          const values = valuesIn(variables, bucket, policy);
          if (values.some(Number.isNaN)) continue;
          bucket[name] = shownValue(evaluate(expression, [...values, ...constants]), running);
        }
        return buckets;
      },
    };
  },
};
