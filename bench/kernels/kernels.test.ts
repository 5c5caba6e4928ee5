import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockSize, blockWords, packBlock, unpackAscending } from '../../leaf/postings/packed-block.ts';
import { createRandom } from '../../shared/random/random.ts';
import { compileKernels } from './compile.ts';

const into = 1024;
const kernels = compileKernels(65_536);

test('unpack: agrees with its plain twin, for every number of bits', () => {
  const memory = new Uint32Array(kernels.memory.buffer);
  for (let bits = 0; bits <= 31; bits++) {
    for (let seed = 1; seed <= 20; seed++) {
      const random = createRandom(seed);
      const values = Uint32Array.from({ length: blockSize }, () => Math.floor(random.next() * 2 ** bits));
      const before = random.integer(-1, 1000);
      const words = new Uint32Array(blockWords(bits));
      packBlock(values, bits, words, 0);
      const expected = new Uint32Array(blockSize);
      unpackAscending(words, 0, bits, before, expected);
      memory.set(words, 0);
      kernels.unpack(0, before, into, bits);
      const actual = memory.subarray(into / 4, into / 4 + blockSize);
      assert.deepEqual([...actual], [...expected], `${bits} bits, seed ${seed}`);
    }
  }
});

test('scoreGathered, scoreInside: agree with their plain twin to the last bit', () => {
  const { buffer } = kernels.memory;
  const at = { frequencies: 0, docIds: 512, norms: 1024, gathered: 4096, scores: 8192, codes: 16_384 };
  for (let seed = 1; seed <= 50; seed++) {
    const random = createRandom(seed);
    const frequencies = new Uint32Array(buffer, at.frequencies, blockSize);
    const docIds = new Uint32Array(buffer, at.docIds, blockSize);
    const norms = new Float64Array(buffer, at.norms, 256);
    const gathered = new Float64Array(buffer, at.gathered, blockSize);
    const codes = new Uint8Array(buffer, at.codes, 1000);
    const weight = random.next() * 10;
    frequencies.forEach((_, i) => (frequencies[i] = random.integer(1, 300)));
    docIds.forEach((_, i) => (docIds[i] = random.integer(0, 999)));
    norms.forEach((_, i) => (norms[i] = random.next() * 5));
    codes.forEach((_, i) => (codes[i] = random.integer(0, 255)));
    gathered.forEach((_, i) => (gathered[i] = norms[codes[docIds[i]!]!]!));
    const expected = Array.from(frequencies, (frequency, i) => (weight * frequency) / (frequency + gathered[i]!));
    const scores = new Float64Array(buffer, at.scores, blockSize);
    kernels.scoreGathered(weight, at.frequencies, at.gathered, at.scores);
    assert.deepEqual([...scores], expected, `gathered, seed ${seed}`);
    scores.fill(0);
    kernels.scoreInside(weight, at.frequencies, at.norms, at.scores, at.docIds, at.codes);
    assert.deepEqual([...scores], expected, `inside, seed ${seed}`);
  }
});
