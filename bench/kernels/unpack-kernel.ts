/**
 * The SIMD twin of unpackAscending (leaf/postings/packed-block.ts): four lanes at once, a function for each number of
 * bits with every row written out, so that no shift has to be computed.
 *
 * Source: Lemire and Boytsov, "Decoding billions of integers per second through vectorization" (2015).
 */
import { blockSize } from '../../leaf/postings/packed-block.ts';
import { wasm } from './wasm-module.ts';
import type { Code, WasmFunction } from './wasm-module.ts';

const rows = blockSize / 4;
const bitsMax = 31;

const [source, before, into, sum, row] = [0, 1, 2, 3, 4];

/** `unpack(source, before, into, bits)`: addresses in bytes; ascending numbers of a block, as the plain twin gives them. */
export function unpackFunctions(): WasmFunction[] {
  const widths = Array.from({ length: bitsMax + 1 }, (_, bits): WasmFunction => {
    return { parameters: ['i32', 'i32', 'i32'], locals: ['v128', 'v128'], code: unpackOf(bits) };
  });
  return [...widths, { name: 'unpack', parameters: ['i32', 'i32', 'i32', 'i32'], locals: [], code: choose() }];
}

function unpackOf(bits: number): Code {
  const begin = [wasm.localGet(before), wasm.i32x4Splat, wasm.localSet(sum)];
  const all = Array.from({ length: rows }, (_, at) => unpackRow(bits, at));
  return [...begin.flat(), ...all.flat()];
}

/** Distances of a row, what stands left of each added to it, then the last number of the row before and 1 for each. */
function unpackRow(bits: number, at: number): Code {
  return [
    ...distancesOf(bits, at),
    ...[wasm.localSet(row), wasm.v128Const([0, 0, 0, 0]), wasm.localGet(row), wasm.shuffle32([0, 4, 5, 6])].flat(),
    ...[wasm.localGet(row), wasm.i32x4Add, wasm.localSet(row)].flat(),
    ...[wasm.v128Const([0, 0, 0, 0]), wasm.localGet(row), wasm.shuffle32([0, 1, 4, 5])].flat(),
    ...[wasm.localGet(row), wasm.i32x4Add, wasm.localGet(sum), wasm.i32x4Add].flat(),
    ...[wasm.v128Const([1, 2, 3, 4]), wasm.i32x4Add, wasm.localSet(row)].flat(),
    ...[wasm.localGet(into), wasm.localGet(row), wasm.v128Store(at * 16)].flat(),
    ...[wasm.localGet(row), wasm.localGet(row), wasm.shuffle32([3, 3, 3, 3]), wasm.localSet(sum)].flat(),
  ];
}

function distancesOf(bits: number, at: number): Code {
  if (bits === 0) return wasm.v128Const([0, 0, 0, 0]);
  const word = (at * bits) >>> 5;
  const shift = (at * bits) & 31;
  const code = [wasm.localGet(source), wasm.v128Load(word * 16)];
  if (shift > 0) code.push(wasm.i32Const(shift), wasm.i32x4ShrU);
  if (shift + bits > 32) {
    code.push(wasm.localGet(source), wasm.v128Load((word + 1) * 16));
    code.push(wasm.i32Const(32 - shift), wasm.i32x4Shl, wasm.v128Or);
  }
  const mask = 2 ** bits - 1;
  if (shift + bits !== 32) code.push(wasm.v128Const([mask, mask, mask, mask]), wasm.v128And);
  return code.flat();
}

/** Calls the function of so many bits. */
function choose(): Code {
  const bits = 3;
  const depths = Array.from({ length: bitsMax + 1 }, (_, at) => at);
  let code: Code = [...wasm.localGet(bits), ...wasm.brTable(depths, bitsMax)];
  for (let width = 0; width <= bitsMax; width++) {
    const given = [wasm.localGet(source), wasm.localGet(before), wasm.localGet(into)].flat();
    code = [...wasm.block(code), ...given, ...wasm.call(width), ...wasm.return];
  }
  return code;
}
