/** One JSON object around an array of documents, as interfaces answer: `{"data": [{…}, {…}], "next": …}`. */
import { valuesToLines } from './values-to-lines.ts';
import type { Format } from './format.ts';

/** What the array is called. Other objects are documents. */
const names = [
  'data',
  'items',
  'results',
  'records',
  'documents',
  'docs',
  'rows',
  'entries',
  'features',
  'value',
  'list',
];

/**
 * The name of the array that the object at the beginning of a text is around; null where it is a document. An empty array is one where
 * nothing follows the object, and no other array of it has documents. Cost: one pass.
 */
export function wrappedIn(text: string): string | null {
  const name = /"((?:[^"\\]|\\.)*)"\s*:\s*/y;
  let depth = 0;
  let empty: string | null = null;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (letter === '{' || letter === '[') depth++;
    else if (letter === '}' || letter === ']') depth--;
    else if (letter === '"') {
      name.lastIndex = at;
      const named = depth === 1 ? name.exec(text) : null;
      if (named !== null) {
        const isKnown = names.includes(named[1]!);
        const first = isKnown ? /^\[\s*([{\]])/.exec(text.slice(name.lastIndex, name.lastIndex + 200))?.[1] : undefined;
        if (first === '{') return named[1]!;
        if (first === ']') empty ??= named[1]!;
        at = name.lastIndex - 1;
      } else {
        for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++;
      }
    }
    if (depth === 0 && at > 0 && letter === '}') return text.slice(at + 1).trim() === '' ? empty : null;
  }
  return null;
}

export const wrapperFormat: Format = {
  name: 'wrapper',
  inWords: 'an array inside of an object',
  unit: 'element',
  sniff: ({ text }) => text.trimStart().startsWith('{') && wrappedIn(text) !== null,
  lines: (chunks, { text }, { say }) => {
    const name = wrappedIn(text);
    if (name !== null)
      say(`Reading the array "${name}" of the object in the file; --format ndjson takes the object itself.`);
    return valuesToLines(chunks, { in: 'member', name: name ?? names[0]! });
  },
};
