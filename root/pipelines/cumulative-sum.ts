import { readObject } from '../../shared/json/read-object.ts';
import type { PipelineDefinition } from './definition.ts';
import { shownValue } from './shown-buckets.ts';

/** `{"buckets_path"}`: the sum of a number in all buckets up to each; a bucket without it adds nothing. */
export const cumulativeSum: PipelineDefinition = {
  place: 'inSequence',
  read: (node, { name, readPath }) => {
    const path = readObject(node, ['buckets_path']).required('buckets_path', readPath);
    return {
      of: 'buckets',
      turn: 'computes',
      numbers: ['value'],
      *run(buckets, running) {
        let sum = 0;
        for (const bucket of buckets) {
          if (running.work.isDue()) yield;
          sum += path.valueIn(bucket, 'insert_zeros');
          bucket[name] = shownValue(sum, running);
        }
        return buckets;
      },
    };
  },
};
