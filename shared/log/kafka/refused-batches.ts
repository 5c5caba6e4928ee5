/**
 * The batches that were refused, so that none is unpacked a second time: whoever stands still before one fetches it with each try.
 *
 * A batch is known by its offset, its length and its checksum. One that took its place, as where a topic was truncated or compacted, is another, and is
 * looked at. Of each partition one is known, the last.
 */
import type { RefusedBatch } from './fetched.ts';

/** As the broker keeps it. */
export interface BatchMark {
  readonly topicId: string;
  readonly partition: number;
  readonly firstOffset: bigint;
  readonly length: number;
  readonly checksum: number;
}

export class RefusedBatches {
  private readonly known = new Map<string, { readonly mark: BatchMark; readonly refused: RefusedBatch }>();

  find(mark: BatchMark): RefusedBatch | undefined {
    const known = this.known.get(placeOf(mark));
    if (known === undefined) return undefined;
    const { firstOffset, length, checksum } = known.mark;
    const isSame = firstOffset === mark.firstOffset && length === mark.length && checksum === mark.checksum;
    return isSame ? known.refused : undefined;
  }

  add(mark: BatchMark, refused: RefusedBatch): void {
    this.known.set(placeOf(mark), { mark, refused });
  }
}

function placeOf({ topicId, partition }: BatchMark): string {
  return `${topicId} ${partition}`;
}
