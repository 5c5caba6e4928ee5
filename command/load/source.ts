/** Opens what `load` reads: a file or stdin, unpacked where it is gzip, as lines. Touches the world: files. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CommandFailure } from '../failure.ts';
import { arrayToLines } from './array-lines.ts';

export interface Source {
  /** NDJSON. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes of the file, packed if it is; undefined for a stream. */
  readonly sizeBytes: number | undefined;
  /** What one line of `chunks` is in the file. */
  readonly unit: 'line' | 'element';
  readBytes(): number;
}

/**
 * @param path of the file, `-` for `stdin`
 * @param stop ends the reading, as an interactive stdin never would
 * @throws CommandFailure when it cannot be read
 */
export async function openSource(path: string, stdin: Readable, stop: AbortSignal): Promise<Source> {
  const sizeBytes = path === '-' ? undefined : await fileSize(path);
  const raw = counted(path === '-' ? stdin : createReadStream(path, { highWaterMark: 256 * 1024 }), stop);
  const packed = await peek(raw.chunks);
  const isGzip = packed.first[0] === 0x1f && packed.first[1] === 0x8b;
  const plain = await peek(isGzip ? unpack(packed.chunks) : packed.chunks);
  const chunks = withoutMark(plain.chunks);
  const isArray = firstCharacter(plain.first) === '[';
  return {
    chunks: isArray ? arrayToLines(chunks) : chunks,
    sizeBytes,
    unit: isArray ? 'element' : 'line',
    readBytes: raw.readBytes,
  };
}

async function fileSize(path: string): Promise<number | undefined> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw new CommandFailure(`cannot read ${path}: it is a folder`);
    return stats.isFile() ? stats.size : undefined;
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`cannot read ${path}: ${(error as Error).message}`);
  }
}

function counted(stream: Readable, stop: AbortSignal): { chunks: AsyncIterable<Uint8Array>; readBytes: () => number } {
  let bytes = 0;
  stop.addEventListener('abort', () => stream.destroy(), { once: true });
  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        bytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw new CommandFailure(`cannot read on: ${(error as Error).message}`);
    }
  }
  return { chunks: read(), readBytes: () => bytes };
}

async function* unpack(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  // The error reaches the reader below, as the pipeline destroys the stream with it.
  pipeline(chunks, gunzip, () => undefined);
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`the gzip data is damaged: ${(error as Error).message}`);
  }
}

/** The first bytes, at least 64 where there are as many, and all chunks from the start. */
async function peek(chunks: AsyncIterable<Uint8Array>) {
  const iterator = chunks[Symbol.asyncIterator]();
  let first: Uint8Array = new Uint8Array(0);
  while (first.length < 64) {
    const next = await iterator.next();
    if (next.done === true) break;
    first = Buffer.concat([first, next.value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    if (first.length > 0) yield first;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { first, chunks: all() };
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

async function* withoutMark(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of chunks) {
    yield isFirst && byteOrderMark.equals(chunk.subarray(0, 3)) ? chunk.subarray(3) : chunk;
    isFirst = false;
  }
}

function firstCharacter(bytes: Uint8Array): string | undefined {
  return Buffer.from(bytes)
    .toString()
    .replace(/^\uFEFF/, '')
    .trimStart()[0];
}
