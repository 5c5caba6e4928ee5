/** Batches that say something to a test, and what they said. */
import type { AppendBatch } from './append-batch.ts';
import { BatchWriter, readEntries } from './batch.ts';
import type { KeyedRequest } from './keyed-requests.ts';

/** A batch of so many entries: the last has the text, the others nothing. */
export function textBatch(
  partition: string,
  text: string,
  count = 1,
): AppendBatch & { readonly bytes: Uint8Array<ArrayBuffer> } {
  const writer = new BatchWriter(-1);
  for (let i = 1; i < count; i++) writer.add('put', '');
  writer.add('put', '', Buffer.from(text));
  return { partition, count, bytes: writer.finish() };
}

/** The bodies of a batch, one after another. */
export function textOf({ bytes }: { readonly bytes: Uint8Array }): string {
  return Array.from(readEntries(bytes), ({ body }) => Buffer.from(body).toString()).join('');
}

/** A batch of an entry for each letter, and a request for each word that has a key before it: `k1=ab x k2=c`. */
export function keyedBatch(partition: string, text: string): { batch: AppendBatch; requests: KeyedRequest[] } {
  const writer = new BatchWriter(-1);
  const requests: KeyedRequest[] = [];
  for (const word of text.split(' ')) {
    const [letters = '', key] = word.split('=').toReversed();
    const start = writer.sizeBytes;
    for (const letter of letters) writer.add('put', '', Buffer.from(letter));
    const ranges = [{ batch: 0, count: letters.length, start, end: writer.sizeBytes }];
    if (key !== undefined) requests.push({ key, digest: letters, ranges });
  }
  return { batch: { partition, count: writer.count, bytes: writer.finish() }, requests };
}
