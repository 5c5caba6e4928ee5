/** Ways to read a block of docIds, over the same blocks. */
import { blockSize, blockWords, packBlock, unpackAscending } from '../../leaf/postings/packed-block.ts';
import type { Random } from '../../shared/random/random.ts';
import { compileKernels } from './compile.ts';
import type { Way } from './measure-ways.ts';

/** Blocks are read one after the other, as a long list is: more than fits a core's first cache. */
const blocks = 2048;

/** Numbers that are left where a search reads them, of the block read last. */
export interface UnpackWay extends Way {
  readonly docIds: Uint32Array;
}

/** The first is what leaves do; words lie as those of segments do, in a SharedArrayBuffer. */
export function unpackWays(bits: number, random: Random): UnpackWay[] {
  const size = blockWords(bits);
  const words = new Uint32Array(new SharedArrayBuffer(Math.max(4, blocks * size * 4)));
  const values = new Uint32Array(blockSize);
  for (let block = 0; block < blocks; block++) {
    values.forEach((_, i) => (values[i] = Math.floor(random.next() * 2 ** bits)));
    packBlock(values, bits, words, block * size);
  }
  return [plain(words, bits), copied(words, bits, true), copied(words, bits, false), inside(words, bits)];
}

function plain(words: Uint32Array, bits: number): UnpackWay {
  const docIds = new Uint32Array(blockSize);
  const size = blockWords(bits);
  const run = (): void => {
    for (let block = 0; block < blocks; block++) unpackAscending(words, block * size, bits, block, docIds);
  };
  return { name: 'TypeScript', calls: blocks, run, docIds };
}

/** @param out whether docIds are copied out too, else searches would have to read them in the kernel's memory */
function copied(words: Uint32Array, bits: number, out: boolean): UnpackWay {
  const size = blockWords(bits);
  const { memory, unpack } = compileKernels(4096);
  const near = new Uint32Array(memory.buffer);
  const into = 2048;
  const unpacked = new Uint32Array(memory.buffer, into, blockSize);
  const docIds = out ? new Uint32Array(blockSize) : unpacked;
  const run = (): void => {
    for (let block = 0; block < blocks; block++) {
      copyWords(words, block * size, near, size);
      unpack(0, block, into, bits);
      if (out) copyWords(unpacked, 0, docIds, blockSize);
    }
  };
  return { name: out ? 'kernel, copied in and out' : 'kernel, copied in', calls: blocks, run, docIds };
}

/** The best there could be: segments in the kernel's memory. */
function inside(words: Uint32Array, bits: number): UnpackWay {
  const sizeBytes = blockWords(bits) * 4;
  const into = words.byteLength;
  const { memory, unpack } = compileKernels(into + blockSize * 4);
  new Uint32Array(memory.buffer).set(words);
  const docIds = new Uint32Array(memory.buffer, into, blockSize);
  const run = (): void => {
    for (let block = 0; block < blocks; block++) unpack(block * sizeBytes, block, into, bits);
  };
  return { name: 'kernel, all in its memory', calls: blocks, run, docIds };
}

/** A loop: a view made for `set` takes longer than so few words. */
function copyWords(from: Uint32Array, at: number, to: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) to[i] = from[at + i]!;
}
