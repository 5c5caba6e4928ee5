/**
 * What is known of the documents that collectors of one task are given, besides their numbers: whose shard they are of, and how
 * they score. Collectors nested in others get parts of a batch in any size, so scores are found by document.
 */
import { batchMax } from './document-batch.ts';

export class TaskDocuments {
  /** Id of the index. */
  readonly index: string;
  /** Of the segment that was entered. */
  shard = -1;
  // Of the batch, by ascending document.
  private readonly docIds = new Uint32Array(batchMax);
  private readonly scores = new Float64Array(batchMax);
  private count = 0;
  /** Where the document was that was asked for last. */
  private at = 0;

  constructor(index: string) {
    this.index = index;
  }

  /** What follows is a batch. */
  beginBatch(): void {
    this.count = 0;
    this.at = 0;
  }

  /** The next document of the batch, and its score. */
  add(docId: number, score: number): void {
    this.docIds[this.count] = docId;
    this.scores[this.count++] = score;
  }

  /** The score of a document of the batch, where documents are scored. Cost: a look, where documents are asked for as they come. */
  readonly scoreOf = (docId: number): number => {
    const { docIds, count } = this;
    if (docIds[this.at] !== docId && (this.at + 1 >= count || docIds[++this.at] !== docId)) this.at = this.find(docId);
    return this.scores[this.at]!;
  };

  private find(docId: number): number {
    const { docIds, count } = this;
    let low = 0;
    for (let high = count; low < high;) {
      const middle = (low + high) >> 1;
      if (docIds[middle]! < docId) low = middle + 1;
      else high = middle;
    }
    if (low === count || docIds[low] !== docId) throw new Error(`document ${docId} is not in the batch`);
    return low;
  }
}
