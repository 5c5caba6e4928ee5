import { numberThat } from '../../json/readers.ts';
import { validateNumber } from '../../json/validators.ts';
import { ascendingBorders, type Borders } from '../bucket-index.ts';
import type { SourceDefinition } from './source.ts';

/** The interval that a value falls in. Between processes keys are indexes of buckets, as those of a histogram. */
export type HistogramSource = Omit<Borders, 'field'>;

declare module './source.ts' {
  interface SourceByKind {
    readonly histogram: HistogramSource;
  }
}

export const histogramSource: SourceDefinition<'histogram'> = {
  validators: {
    interval: numberThat('a number greater than 0', (value) => value > 0),
    offset: validateNumber,
  },
  isKey: (_source, key) => Number.isSafeInteger(key),
  show: (source, key) => ascendingBorders(source)(Number(key)),
};
