/** A JSON array of documents. */
import { valuesToLines } from './values-to-lines.ts';
import type { Format } from './format.ts';

export const arrayFormat: Format = {
  name: 'array',
  inWords: 'a JSON array',
  unit: 'element',
  sniff: ({ text }) => text.trimStart().startsWith('['),
  lines: (chunks) => valuesToLines(chunks, { in: 'array' }),
};
