/** Opens what `load` reads: a file or stdin, unpacked where it is gzip, as lines. Touches the world: files. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CommandFailure } from '../failure.ts';
import type { Beginning, Format, ReadOptions } from './formats/format.ts';
import { formatOf } from './formats/formats.ts';

export interface Source {
  readonly format: Format;
  /** NDJSON. Read once. */
  lines(options: ReadOptions): AsyncIterable<Uint8Array>;
  /** Bytes of the file, packed if it is; undefined for a stream, which can be read once only. */
  readonly sizeBytes: number | undefined;
  readBytes(): number;
}

export interface SourceOptions {
  readonly stdin: Readable;
  /** Ends the reading, as an interactive stdin never would. */
  readonly stop: AbortSignal;
  /** As the user named it. */
  readonly format: string | undefined;
}

/**
 * @param path of the file, `-` for `stdin`
 * @throws CommandFailure when it cannot be read, with what it is
 */
export async function openSource(path: string, { stdin, stop, format: named }: SourceOptions): Promise<Source> {
  const sizeBytes = path === '-' ? undefined : await fileSize(path);
  const raw = counted(path === '-' ? stdin : createReadStream(path, { highWaterMark: 256 * 1024 }), stop);
  const packed = await peek(raw.chunks);
  const isGzip = packed.first[0] === 0x1f && packed.first[1] === 0x8b;
  const plain = await peek(isGzip ? unpack(packed.chunks) : packed.chunks);
  const beginning = beginningOf(plain, path);
  const format = formatOf(named, beginning, plain.first, path === '-' ? 'stdin' : path);
  const chunks = withoutMark(plain.chunks);
  return {
    format,
    lines: (options) => format.lines(chunks, beginning, options),
    sizeBytes,
    readBytes: raw.readBytes,
  };
}

function beginningOf({ first, isWhole }: Peeked, path: string): Beginning {
  // A letter that is cut in the middle becomes one that no form is recognised by.
  const text = Buffer.from(first)
    .toString()
    .replace(/^\uFEFF/, '');
  const extension = /\.([a-z0-9]+)(?:\.gz)?$/i.exec(path)?.[1] ?? '';
  return { text, isWhole, extension: extension.toLowerCase() };
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

interface Peeked {
  readonly first: Uint8Array;
  /** Nothing comes after `first`. */
  readonly isWhole: boolean;
  /** All from the start. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** So much tells what a file is; a stream that is slow is judged by two lines. */
const peekedBytes = 64 * 1024;

async function peek(chunks: AsyncIterable<Uint8Array>): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]();
  let first: Buffer = Buffer.alloc(0);
  let isWhole = false;
  while (first.length < peekedBytes && !hasTwoLines(first)) {
    const next = await iterator.next();
    if (next.done === true) {
      isWhole = true;
      break;
    }
    first = Buffer.concat([first, next.value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    if (first.length > 0) yield first;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { first, isWhole, chunks: all() };
}

function hasTwoLines(bytes: Buffer): boolean {
  const first = bytes.indexOf(0x0a);
  return first >= 0 && bytes.indexOf(0x0a, first + 1) >= 0;
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

async function* withoutMark(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of chunks) {
    yield isFirst && byteOrderMark.equals(chunk.subarray(0, 3)) ? chunk.subarray(3) : chunk;
    isFirst = false;
  }
}
