/** Looks at the beginning of a stream of batches without taking it away. */
import { DocumentStatistics } from './field-statistics.ts';
import type { LineBatch, LongLine } from './lines.ts';
import { takeLine } from './survey.ts';

export interface Sampled {
  readonly statistics: DocumentStatistics;
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
  const statistics = new DocumentStatistics();
  while (statistics.documents < documentsMax) {
    const next = await iterator.next();
    if (next.done === true) break;
    held.push(next.value);
    if (next.value.kind === 'batch') takeLines(statistics, next.value.body);
  }
  async function* all(): AsyncGenerator<LineBatch | LongLine> {
    yield* held;
    held.length = 0;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { statistics, batches: all() };
}

function takeLines(statistics: DocumentStatistics, body: Buffer): void {
  for (let start = 0; start < body.length;) {
    const at = body.indexOf(0x0a, start);
    const end = at < 0 ? body.length : at;
    takeLine(statistics, body.subarray(start, end));
    start = end + 1;
  }
}
