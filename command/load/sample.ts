/** Looks at the beginning of a stream of batches without taking it away. */
import type { LineBatch, LongLine } from './lines.ts';

export interface Sampled {
  /** Parsed lines; those that are no JSON are passed over, the root will say what is wrong with them. */
  readonly documents: readonly unknown[];
  /** All batches from the start. */
  readonly batches: AsyncIterable<LineBatch | LongLine>;
}

/** Holds the batches that the sample needs. */
export async function sampleBatches(
  batches: AsyncIterable<LineBatch | LongLine>,
  documentsMax: number,
): Promise<Sampled> {
  const iterator = batches[Symbol.asyncIterator]();
  const held: (LineBatch | LongLine)[] = [];
  const documents: unknown[] = [];
  while (documents.length < documentsMax) {
    const next = await iterator.next();
    if (next.done === true) break;
    held.push(next.value);
    if (next.value.kind === 'batch') parseLines(next.value.body, documentsMax, documents);
  }
  async function* all(): AsyncGenerator<LineBatch | LongLine> {
    yield* held;
    held.length = 0;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { documents, batches: all() };
}

function parseLines(body: Buffer, documentsMax: number, documents: unknown[]): void {
  for (let start = 0; start < body.length && documents.length < documentsMax;) {
    const at = body.indexOf(0x0a, start);
    const end = at < 0 ? body.length : at;
    try {
      documents.push(JSON.parse(body.toString('utf8', start, end)) as unknown);
    } catch {
      // Nothing can be learned from it here, and it is reported when it is sent.
    }
    start = end + 1;
  }
}
