/** The kernels as functions, over one memory. */
import { scoreGathered, scoreInside } from './score-kernel.ts';
import { unpackFunctions } from './unpack-kernel.ts';
import { wasmModule } from './wasm-module.ts';

/** What is used of the runtime's: the types of Node have it only together with a browser's. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => Memory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { kernels: { memory: Memory } },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

interface Memory {
  readonly buffer: ArrayBuffer;
}

/** Addresses are bytes of `memory`. */
export interface Kernels {
  readonly memory: Memory;
  readonly unpack: (source: number, before: number, into: number, bits: number) => void;
  readonly scoreGathered: (weight: number, frequencies: number, norms: number, scores: number) => void;
  readonly scoreInside: (
    weight: number,
    frequencies: number,
    norms: number,
    scores: number,
    docIds: number,
    codes: number,
  ) => void;
}

const pageBytes = 65_536;

/** @param bytes of the memory, at least */
export function compileKernels(bytes: number): Kernels {
  const pages = Math.ceil(bytes / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const module = new WebAssembly.Module(wasmModule([...unpackFunctions(), scoreGathered(), scoreInside()]));
  const { exports } = new WebAssembly.Instance(module, { kernels: { memory } });
  return {
    memory,
    unpack: functionOf(exports, 'unpack'),
    scoreGathered: functionOf(exports, 'scoreGathered'),
    scoreInside: functionOf(exports, 'scoreInside'),
  };
}

type Kernel = (...numbers: number[]) => void;

function functionOf(exports: Readonly<Record<string, unknown>>, name: string): Kernel {
  const found = exports[name];
  if (typeof found !== 'function') throw new Error(`the module has no ${name}`);
  return found as Kernel;
}
