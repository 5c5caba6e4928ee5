import { isDeleted } from '../snapshot/snapshot.ts';
import type { LiveSegment } from '../snapshot/snapshot.ts';
import { dropped, type DocumentOrder } from './document-order.ts';

/** The live documents of all inputs by log offset. Cost: a step a document and input. */
export function orderDocuments(inputs: readonly LiveSegment[]): DocumentOrder {
  const documents = inputs.reduce((sum, live) => sum + live.liveCount, 0);
  const inputOf = new Uint32Array(documents);
  const docIdOf = new Uint32Array(documents);
  const maps = inputs.map((live) => new Uint32Array(live.segment.documents).fill(dropped));
  const heads = inputs.map((live) => nextLive(live, 0));
  let sequential = true;
  for (let docId = 0; docId < documents; docId++) {
    const input = earliest(inputs, heads);
    if (docId > 0 && input < inputOf[docId - 1]!) sequential = false;
    inputOf[docId] = input;
    docIdOf[docId] = heads[input]!;
    maps[input]![heads[input]!] = docId;
    heads[input] = nextLive(inputs[input]!, heads[input]! + 1);
  }
  return { documents, inputs: inputOf, docIds: docIdOf, maps, sequential };
}

/** The least live docId from `from` on, or the number of documents. */
function nextLive(live: LiveSegment, from: number): number {
  let docId = from;
  while (docId < live.segment.documents && isDeleted(live, docId)) docId++;
  return docId;
}

/** The input whose next document has the lowest log offset. */
function earliest(inputs: readonly LiveSegment[], heads: readonly number[]): number {
  let best = -1;
  let bestOffset = Infinity;
  for (let i = 0; i < inputs.length; i++) {
    const { segment } = inputs[i]!;
    if (heads[i]! >= segment.documents || segment.offsets[heads[i]!]! >= bestOffset) continue;
    best = i;
    bestOffset = segment.offsets[heads[i]!]!;
  }
  return best;
}
