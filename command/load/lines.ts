/**
 * Cuts a stream of NDJSON into batches of whole lines, by bytes: no line is decoded or parsed. Pure over its input.
 */
const newline = 0x0a;

/** Whole lines as they came, the last of a stream perhaps without its line feed. */
export interface LineBatch {
  readonly kind: 'batch';
  readonly body: Buffer;
  /** Number of the first line in the stream, from 1. */
  readonly firstLine: number;
  /** At least 1; empty lines count. */
  readonly lines: number;
}

/** A line too long to hold; it was passed over. */
export interface LongLine {
  readonly kind: 'tooLong';
  readonly line: number;
  readonly sizeBytes: number;
}

export interface LineLimits {
  /** A batch ends with the first line that takes it to this size. */
  readonly batchBytes: number;
  /** Or to so many lines. */
  readonly linesMax: number;
  readonly lineBytesMax: number;
}

/** Holds at most one batch, one line and one chunk. */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  limits: LineLimits,
): AsyncGenerator<LineBatch | LongLine> {
  const splitter = new LineSplitter(limits);
  for await (const chunk of chunks) yield* splitter.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  yield* splitter.end();
}

class LineSplitter {
  private readonly limits: LineLimits;
  private readonly complete: Buffer[] = [];
  private completeBytes = 0;
  private completeLines = 0;
  private readonly partial: Buffer[] = [];
  private partialBytes = 0;
  /** Number of the line that `partial` belongs to. */
  private line = 1;

  constructor(limits: LineLimits) {
    this.limits = limits;
  }

  *push(chunk: Buffer): Generator<LineBatch | LongLine> {
    let start = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
      this.add(chunk.subarray(start, at + 1));
      start = at + 1;
      yield* this.endLine();
    }
    this.add(chunk.subarray(start));
  }

  *end(): Generator<LineBatch | LongLine> {
    if (this.partialBytes > 0) yield* this.endLine();
    yield* this.take();
  }

  private add(piece: Buffer): void {
    if (piece.length === 0) return;
    this.partialBytes += piece.length;
    // Past the limit only the length is kept, so that a file without line feeds does not fill the memory.
    if (this.partialBytes > this.limits.lineBytesMax) this.partial.length = 0;
    else this.partial.push(piece);
  }

  private *endLine(): Generator<LineBatch | LongLine> {
    if (this.partialBytes > this.limits.lineBytesMax) {
      yield* this.take();
      yield { kind: 'tooLong', line: this.line, sizeBytes: this.partialBytes };
    } else {
      this.complete.push(...this.partial);
      this.completeBytes += this.partialBytes;
      this.completeLines++;
    }
    this.partial.length = 0;
    this.partialBytes = 0;
    this.line++;
    if (this.completeBytes >= this.limits.batchBytes || this.completeLines >= this.limits.linesMax) yield* this.take();
  }

  private *take(): Generator<LineBatch> {
    if (this.completeLines === 0) return;
    const firstLine = this.line - this.completeLines;
    yield { kind: 'batch', body: Buffer.concat(this.complete), firstLine, lines: this.completeLines };
    this.complete.length = 0;
    this.completeBytes = 0;
    this.completeLines = 0;
  }
}
