import { BucketFinder } from '../../../../shared/aggregation/bucket-index.ts';
import { numberThat } from '../../../../shared/json/readers.ts';
import { quantityKinds } from '../../fields.ts';
import type { CallerSource } from './source.ts';

const readInterval = numberThat('a number greater than 0', (value) => value > 0);
const readKey = numberThat('a number', () => true);

/** `{"field", "interval", "offset"?: 0}` on integer, float and date fields; those of a date are milliseconds. */
export const histogramSource: CallerSource<'histogram', 'interval' | 'offset'> = {
  names: ['interval', 'offset'],
  kinds: quantityKinds,
  read: (properties) => {
    const interval = properties.required('interval', readInterval);
    const expected = 'a number from 0 to less than the interval';
    const readOffset = numberThat(expected, (value) => value >= 0 && value < interval);
    return { interval, offset: properties.optional('offset', readOffset, 0) };
  },
  readKey: (node, source) => new BucketFinder(source).indexOf(readKey(node)),
};
