/** SIMD twins of scoring a block by BM25: weight × frequency / (frequency + norm), two documents at once. */
import { blockSize } from '../../leaf/postings/packed-block.ts';
import { wasm } from './wasm-module.ts';
import type { Code, WasmFunction } from './wasm-module.ts';

const [weight, frequencies, norms, scores, docIds, codes, scale, frequency] = [0, 1, 2, 3, 4, 5, 6, 7];

/**
 * `scoreGathered(weight, frequencies, norms, scores)`: the norm of each document lies at hand, because what norms are
 * looked up in does not.
 */
export function scoreGathered(): WasmFunction {
  const [ownScale, ownFrequency] = [4, 5];
  const norm = (pair: number): Code => [...wasm.localGet(norms), ...wasm.v128Load(pair * 16)];
  return {
    name: 'scoreGathered',
    parameters: ['f64', 'i32', 'i32', 'i32'],
    locals: ['v128', 'v128'],
    code: scoreBlock(ownScale, ownFrequency, norm),
  };
}

/** `scoreInside(weight, frequencies, norms, scores, docIds, codes)`: length codes and norms of the field are in the memory, too. */
export function scoreInside(): WasmFunction {
  const addressOf = (at: number): Code => {
    const docId = [wasm.localGet(docIds), wasm.i32Load(at * 4)];
    const code = [...docId, wasm.localGet(codes), wasm.i32Add, wasm.i32Load8U(0)];
    return [...code, wasm.i32Const(3), wasm.i32Shl, wasm.localGet(norms), wasm.i32Add].flat();
  };
  const norm = (pair: number): Code => {
    const first = [...addressOf(pair * 2), ...wasm.v128Load64Zero(0)];
    return [...addressOf(pair * 2 + 1), ...first, ...wasm.v128Load64Lane(0, 1)];
  };
  return {
    name: 'scoreInside',
    parameters: ['f64', 'i32', 'i32', 'i32', 'i32', 'i32'],
    locals: ['v128', 'v128'],
    code: scoreBlock(scale, frequency, norm),
  };
}

function scoreBlock(scaleAt: number, frequencyAt: number, norm: (pair: number) => Code): Code {
  const begin = [wasm.localGet(weight), wasm.f64x2Splat, wasm.localSet(scaleAt)];
  const pairs = Array.from({ length: blockSize / 2 }, (_, pair) => [
    ...[wasm.localGet(frequencies), wasm.v128Load64Zero(pair * 8), wasm.f64x2ConvertLowI32x4U].flat(),
    ...wasm.localSet(frequencyAt),
    ...[wasm.localGet(scores), wasm.localGet(scaleAt), wasm.localGet(frequencyAt), wasm.f64x2Mul].flat(),
    ...norm(pair),
    ...[wasm.localGet(frequencyAt), wasm.f64x2Add, wasm.f64x2Div].flat(),
    ...wasm.v128Store(pair * 16),
  ]);
  return [...begin.flat(), ...pairs.flat()];
}
