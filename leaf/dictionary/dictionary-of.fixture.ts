import { buildSegment } from '../segment/build.ts';
import { keywordFieldOf } from '../segment/columns-of.ts';
import { openSegment } from '../segment/open.ts';
import type { Dictionary } from './dictionary.ts';

/** The dictionary of a segment whose documents have these values. */
export function dictionaryOf(documents: readonly (readonly string[])[]): Dictionary {
  const stored = documents.map((t, i) => ({ key: `k${i}`, offset: i, source: Buffer.from(JSON.stringify({ t })) }));
  const segment = openSegment(buildSegment([{ name: 't', path: 't', kind: 'keyword' }], stored));
  return keywordFieldOf(segment, 't')!.dictionary;
}
