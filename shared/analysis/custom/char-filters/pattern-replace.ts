import { readString } from '../../../json/readers.ts';
import type { CharFilter, PartDefinition } from '../part.ts';
import { readPattern } from '../pattern.ts';

/** What matches a pattern becomes a text, in which `$1` is the first group. */
export const patternReplaceFilter: PartDefinition<CharFilter> = {
  options: ['pattern', 'replacement'],
  make(properties) {
    const pattern = properties.required('pattern', readPattern);
    const replacement = properties.optional('replacement', readString, '');
    return (text) =>
      Array.from(text.matchAll(pattern), (match) => ({
        start: match.index,
        end: match.index + match[0].length,
        by: replacement.replaceAll(/\$([0-9])/g, (_, group: string) => match[Number(group)] ?? ''),
      })).filter(({ start, end }) => end > start);
  },
};
