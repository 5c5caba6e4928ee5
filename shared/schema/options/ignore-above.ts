import { numberThat } from '../../json/readers.ts';
import { limits } from '../../limits.ts';
import type { OptionDefinition } from './definition.ts';

/** Values of more bytes of UTF-8 than this are stored and not indexed. Left out: such are refused. */
export const ignoreAboveOption: OptionDefinition<number> = {
  read: numberThat(
    `a whole number from 1 to ${limits.termBytesMax}`,
    (value) => Number.isInteger(value) && value >= 1 && value <= limits.termBytesMax,
  ),
  isDefault: () => false,
  isSame: (a, b) => a === b,
};
