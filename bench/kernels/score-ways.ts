/** Ways to score a block of documents by BM25, over the same documents. */
import { blockSize } from '../../leaf/postings/packed-block.ts';
import type { Random } from '../../shared/random/random.ts';
import { compileKernels } from './compile.ts';
import type { Way } from './measure-ways.ts';

const documents = 65_536;
/** Documents with the term: every fourth. */
const blocks = documents / 4 / blockSize;
const weight = 4.2;

export interface ScoreWay extends Way {
  /** Of the block scored last. */
  readonly scores: Float64Array;
}

/** What is the same for all ways. */
interface Field {
  readonly codes: Uint8Array;
  readonly norms: Float64Array;
  /** Block by block. */
  readonly docIds: Uint32Array;
  readonly frequencies: Uint32Array;
}

/** The first is what leaves do. Length codes lie in a segment; docIds and frequencies where the unpacking has put them. */
export function scoreWays(random: Random): ScoreWay[] {
  const codes = new Uint8Array(new SharedArrayBuffer(documents));
  codes.forEach((_, docId) => (codes[docId] = random.integer(20, 60)));
  const norms = Float64Array.from({ length: 256 }, (_, code) => 0.3 + code / 40);
  const docIds = Uint32Array.from({ length: blocks * blockSize }, (_, i) => i * 4 + random.integer(0, 3));
  const frequencies = Uint32Array.from(docIds, () => random.integer(1, 5));
  const field = { codes, norms, docIds, frequencies };
  return [plain(field), gathered(field), inside(field)];
}

function plain({ codes, norms, docIds, frequencies }: Field): ScoreWay {
  const scores = new Float64Array(blockSize);
  const run = (): void => {
    for (let start = 0; start < docIds.length; start += blockSize) {
      for (let i = 0; i < blockSize; i++) {
        const frequency = frequencies[start + i]!;
        scores[i] = (weight * frequency) / (frequency + norms[codes[docIds[start + i]!]!]!);
      }
    }
  };
  return { name: 'TypeScript', calls: blocks, run, scores };
}

/** The norms are looked up by TypeScript, because the codes lie in a segment. */
function gathered({ codes, norms, docIds, frequencies }: Field): ScoreWay {
  const at = { scores: 0, norms: 1024, frequencies: 2048 };
  const { memory, scoreGathered } = compileKernels(at.frequencies + frequencies.byteLength);
  new Uint32Array(memory.buffer, at.frequencies).set(frequencies);
  const near = new Float64Array(memory.buffer, at.norms, blockSize);
  const run = (): void => {
    for (let start = 0; start < docIds.length; start += blockSize) {
      for (let i = 0; i < blockSize; i++) near[i] = norms[codes[docIds[start + i]!]!]!;
      scoreGathered(weight, at.frequencies + start * 4, at.norms, at.scores);
    }
  };
  const scores = new Float64Array(memory.buffer, at.scores, blockSize);
  return { name: 'kernel, norms looked up for it', calls: blocks, run, scores };
}

/** The best there could be: segments in the kernel's memory. */
function inside({ codes, norms, docIds, frequencies }: Field): ScoreWay {
  const at = { scores: 0, norms: 1024, frequencies: 4096, docIds: 4096 + frequencies.byteLength };
  const codesAt = at.docIds + docIds.byteLength;
  const { memory, scoreInside } = compileKernels(codesAt + codes.byteLength);
  new Float64Array(memory.buffer, at.norms).set(norms);
  new Uint32Array(memory.buffer, at.frequencies).set(frequencies);
  new Uint32Array(memory.buffer, at.docIds).set(docIds);
  new Uint8Array(memory.buffer, codesAt).set(codes);
  const run = (): void => {
    for (let start = 0; start < docIds.length; start += blockSize) {
      scoreInside(weight, at.frequencies + start * 4, at.norms, at.scores, at.docIds + start * 4, codesAt);
    }
  };
  const scores = new Float64Array(memory.buffer, at.scores, blockSize);
  return { name: 'kernel, all in its memory', calls: blocks, run, scores };
}
