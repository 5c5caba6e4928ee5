/** JSON objects one after another, each over as many lines as it likes. */
import { valuesToLines } from './values-to-lines.ts';
import type { Format } from './format.ts';

export const objectsFormat: Format = {
  name: 'objects',
  inWords: 'objects over several lines',
  unit: 'object',
  sniff: ({ text }) => text.trimStart().startsWith('{'),
  lines: (chunks) => valuesToLines(chunks, { in: 'sequence' }),
};
