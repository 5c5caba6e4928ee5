import { fixedMsMax, type DateInterval } from '../../dates/date-borders.ts';
import { integerWithin } from '../../json/readers.ts';
import type { ShowKey } from '../buckets.ts';
import { dateKeys, readFormat, readZone, validateInterval } from '../date-histogram.ts';
import type { SourceDefinition } from './source.ts';

/** The day, month or other interval that a date falls in. Between processes keys are the instants at which these begin. */
export interface DateHistogramSource {
  readonly interval: DateInterval;
  readonly timeZone: string;
  /** Moves all borders, in milliseconds. */
  readonly offset: number;
  /** How keys are shown, which it has to tell apart; milliseconds where it is left out. */
  readonly format?: string;
}

declare module './source.ts' {
  interface SourceByKind {
    readonly date_histogram: DateHistogramSource;
  }
}

/** Zones and formats are parsed once a request. */
const shows = new WeakMap<DateHistogramSource, ShowKey>();

export const dateHistogramSource: SourceDefinition<'date_histogram'> = {
  validators: { interval: validateInterval, timeZone: readZone, offset: integerWithin(-fixedMsMax, fixedMsMax) },
  optional: { format: readFormat },
  isKey: (_source, key) => Number.isSafeInteger(key),
  show: (source, key) => {
    if (source.format === undefined) return key;
    let show = shows.get(source);
    if (show === undefined) shows.set(source, (show = dateKeys(source)));
    return show(key).asString ?? key;
  },
};
