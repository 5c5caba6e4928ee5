import { readObject } from '../../shared/json/read-object.ts';
import { costOf, evaluate, isTrue } from '../../shared/expression/evaluate.ts';
import { readScript } from './read-script.ts';
import { valuesIn, variablesReader } from './bucket-variables.ts';
import type { PipelineDefinition } from './definition.ts';
import { gapPolicyDefault, readGapPolicy } from './gap-policy.ts';
import { stepsPerResult } from './pipeline-work.ts';
import type { Shown } from './shown.ts';

/**
 * `{"buckets_path": paths by name, "script", "gap_policy"?: "skip"}`: only buckets of which an expression is true stay. A number that a
 * bucket lacks is NaN there, which is neither more nor less than any other.
 */
export const bucketSelector: PipelineDefinition = {
  place: 'inBuckets',
  read: (node, { readPath }) => {
    const properties = readObject(node, ['buckets_path', 'script', 'gap_policy']);
    const variables = properties.required('buckets_path', variablesReader(readPath));
    const policy = properties.optional('gap_policy', readGapPolicy, gapPolicyDefault);
    const { expression, constants } = properties.required('script', (script) =>
      readScript(script, { variables: variables.names, window: null }),
    );
    const cost = costOf(expression);
    return {
      of: 'buckets',
      turn: 'selects',
      numbers: [],
      *run(buckets, { work }) {
        work.take(buckets.length * cost);
        const left: Shown[] = [];
        for (const bucket of buckets) {
          if (work.isDue(stepsPerResult + cost)) yield;
          if (isTrue(evaluate(expression, [...valuesIn(variables, bucket, policy), ...constants]))) left.push(bucket);
        }
        return left;
      },
    };
  },
};
