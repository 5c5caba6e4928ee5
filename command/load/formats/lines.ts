/** NDJSON: a document a line. */
import { wholeLines, parseJson, type Format } from './format.ts';
import { wrappedIn } from './wrapper.ts';

export const linesFormat: Format = {
  name: 'ndjson',
  inWords: 'NDJSON',
  unit: 'line',
  sniff: (beginning) => {
    const [first, second] = wholeLines(beginning);
    if (first === undefined || !/^\s*\{/.test(first) || parseJson(first) === null) return false;
    // One object on one line may be a wrapper around all documents.
    return second !== undefined || !beginning.isWhole || wrappedIn(beginning.text) === null;
  },
  lines: (chunks) => chunks,
};
