import type { TextLengths } from '../postings/postings-writer.ts';
import { lengthCode, lengthOfCode } from './length-code.ts';

/** Length codes of documents, and the mean of what they stand for over documents that have a term. */
export function encodeLengths(lengths: Uint32Array): TextLengths {
  const codes = new Uint8Array(lengths.length);
  let sum = 0;
  let documents = 0;
  for (let docId = 0; docId < lengths.length; docId++) {
    const code = lengthCode(lengths[docId]!);
    codes[docId] = code;
    if (code === 0) continue;
    documents++;
    sum += lengthOfCode[code]!;
  }
  return { codes, average: documents === 0 ? 1 : sum / documents };
}
