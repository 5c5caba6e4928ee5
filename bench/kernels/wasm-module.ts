/**
 * The least of an assembler that kernels need: a WebAssembly module of functions over a memory it is given. Instructions
 * are written as their bytes, by the names the specification has for them.
 *
 * Source: WebAssembly Core Specification 2.0, chapter 5 (binary format).
 */

const magicAndVersion = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Bytes of instructions. */
export type Code = readonly number[];

const valueTypes = { i32: 0x7f, f64: 0x7c, v128: 0x7b } as const;
type ValueType = keyof typeof valueTypes;

export interface WasmFunction {
  /** Parameters have the first locals. */
  readonly parameters: readonly ValueType[];
  /** What stands after the parameters. */
  readonly locals: readonly ValueType[];
  readonly code: Code;
  /** The name it is called by from outside; else only from inside. */
  readonly name?: string;
}

/** A module that imports `kernels.memory`. Functions return nothing and are called by their place. */
export function wasmModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const memory = [...text('kernels'), ...text('memory'), 0x02, 0x00, ...unsigned(1)];
  const types = functions.map(({ parameters }) => [0x60, ...vector(parameters.map(typeBytes)), 0x00]);
  const exported = functions.flatMap(({ name }, at) => {
    return name === undefined ? [] : [[...text(name), 0x00, ...unsigned(at)]];
  });
  return Uint8Array.from([
    ...magicAndVersion,
    ...section(1, vector(types)),
    ...section(2, vector([memory])),
    ...section(3, vector(functions.map((_, at) => unsigned(at)))),
    ...section(7, vector(exported)),
    ...section(10, vector(functions.map(body))),
  ]);
}

function body({ locals, code }: WasmFunction): number[] {
  const declared = vector(locals.map((type) => [0x01, ...typeBytes(type)]));
  const bytes = [...declared, ...code, 0x0b];
  return [...unsigned(bytes.length), ...bytes];
}

function section(id: number, bytes: readonly number[]): number[] {
  return [id, ...unsigned(bytes.length), ...bytes];
}

function vector(items: readonly Code[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function typeBytes(type: ValueType): number[] {
  return [valueTypes[type]];
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [...unsigned(bytes.length), ...bytes];
}

/** LEB128. */
function unsigned(value: number): number[] {
  const low = value & 0x7f;
  return value < 0x80 ? [low] : [low | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return done ? [low] : [low | 0x80, ...signed(rest)];
}

/** A SIMD instruction. */
function simd(number: number, ...immediate: number[]): Code {
  return [0xfd, ...unsigned(number), ...immediate];
}

/** The address is on the stack; `offset` is added to it. */
function memoryArgument(alignment: number, offset: number): number[] {
  return [alignment, ...unsigned(offset)];
}

function lanes(values: readonly number[]): number[] {
  return [...new Uint8Array(Uint32Array.from(values).buffer)];
}

/** Instructions, by the names of the text format. */
export const wasm = {
  localGet: (at: number): Code => [0x20, ...unsigned(at)],
  localSet: (at: number): Code => [0x21, ...unsigned(at)],
  localTee: (at: number): Code => [0x22, ...unsigned(at)],
  call: (at: number): Code => [0x10, ...unsigned(at)],
  block: (inner: Code): Code => [0x02, 0x40, ...inner, 0x0b],
  brTable: (depths: readonly number[], other: number): Code => {
    return [0x0e, ...vector(depths.map(unsigned)), ...unsigned(other)];
  },
  return: [0x0f] as Code,
  i32Const: (value: number): Code => [0x41, ...signed(value)],
  i32Add: [0x6a] as Code,
  i32Shl: [0x74] as Code,
  i32Load: (offset: number): Code => [0x28, ...memoryArgument(2, offset)],
  i32Load8U: (offset: number): Code => [0x2d, ...memoryArgument(0, offset)],
  v128Load: (offset: number): Code => simd(0x00, ...memoryArgument(2, offset)),
  v128Load64Zero: (offset: number): Code => simd(0x5d, ...memoryArgument(2, offset)),
  /** Replaces a 64-bit lane of the vector on the stack by what is at the address below it. */
  v128Load64Lane: (offset: number, lane: number): Code => simd(0x57, ...memoryArgument(3, offset), lane),
  v128Store: (offset: number): Code => simd(0x0b, ...memoryArgument(2, offset)),
  /** Four lanes of 32 bits. */
  v128Const: (values: readonly number[]): Code => simd(0x0c, ...lanes(values)),
  v128And: simd(0x4e),
  v128Or: simd(0x50),
  /** Lanes of 32 bits, 0 to 3 of the lower vector on the stack, 4 to 7 of the upper. */
  shuffle32: (from: readonly number[]): Code => {
    return simd(0x0d, ...from.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte)));
  },
  i32x4Splat: simd(0x11),
  i32x4Add: simd(0xae),
  i32x4Shl: simd(0xab),
  i32x4ShrU: simd(0xad),
  f64x2Splat: simd(0x14),
  f64x2Add: simd(0xf0),
  f64x2Mul: simd(0xf2),
  f64x2Div: simd(0xf3),
  f64x2ConvertLowI32x4U: simd(0xff),
};
