import { FormatFault, parseFormat } from '../../dates/date-format.ts';
import { readString } from '../../json/readers.ts';
import type { OptionDefinition } from './definition.ts';

/** How dates are written in documents, and may be in queries: see dates/date-format.ts. Left out: ISO 8601, or milliseconds as a number. */
export const dateFormatOption: OptionDefinition<string> = {
  read(node) {
    const text = readString(node);
    const format = parseFormat(text);
    if (format instanceof FormatFault) throw node.invalid({ expected: format.expected });
    return text;
  },
  isDefault: () => false,
  isSame: (a, b) => a === b,
};
