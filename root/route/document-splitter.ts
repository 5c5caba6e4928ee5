/**
 * Cuts a body into documents without parsing them: NDJSON, or one JSON array. Which of the two the first byte that is
 * not white space tells. Memory: one document and one chunk; a document over the limit is skipped, not kept. Pure.
 */
import { SheafError } from '../../shared/errors.ts';

export interface DocumentPiece {
  /** NDJSON: the line in the body, from 1, blank lines counted. Array: the element, from 1. */
  readonly line: number;
  /** The document's JSON without white space around it, or null when it is over the limit. */
  readonly bytes: Buffer | null;
  /** Its size so far when it is over the limit. */
  readonly sizeBytes: number;
  /** Of a message of a source: what it says beside its bytes, which are the document and nothing else. */
  readonly message?: { readonly key: string | null; readonly isDeletion: boolean; readonly timestampMs: number };
}

/** Cuts the bytes of a body into documents. */
export interface Splitter {
  /** Why the body as a whole cannot be read on; the pieces before are good. */
  readonly fault: SheafError | null;
  /** The documents that are complete with this chunk, which must stay unchanged until they were used. */
  push(chunk: Buffer): DocumentPiece[];
  /** The document that the end of the body completes, if any. */
  end(): DocumentPiece[];
}

const newline = 0x0a;
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

export class DocumentSplitter implements Splitter {
  /** JSON_MALFORMED when an array went wrong as a whole; what follows is not read. Pieces before it are good. */
  fault: SheafError | null = null;
  private readonly documentBytesMax: number;
  private mode: 'unknown' | 'lines' | 'array' | 'ended' = 'unknown';
  private line = 0;
  /** Of the document begun in earlier chunks. */
  private held: Buffer[] = [];
  private heldBytes = 0;
  /** Array only: brackets open inside the current element, and where in a string the scan stands. */
  private depth = 0;
  private inString = false;
  private escaped = false;
  private afterComma = false;

  constructor(documentBytesMax: number) {
    this.documentBytesMax = documentBytesMax;
  }

  push(chunk: Buffer): DocumentPiece[] {
    const pieces: DocumentPiece[] = [];
    let at = 0;
    if (this.mode === 'unknown') {
      while (at < chunk.length && isSpace(chunk[at]!)) if (chunk[at++] === newline) this.line++;
      if (at === chunk.length) return pieces;
      this.mode = chunk[at] === openBracket ? 'array' : 'lines';
      if (this.mode === 'array') {
        at++;
        this.line = 0;
      }
    }
    if (this.mode === 'lines') this.pushLines(chunk, at, pieces);
    else this.pushArray(chunk, at, pieces);
    return pieces;
  }

  end(): DocumentPiece[] {
    const pieces: DocumentPiece[] = [];
    if (this.mode === 'lines') this.emit(Buffer.alloc(0), pieces);
    if (this.mode === 'array') this.fault = malformed('the array is not closed', this.line + 1);
    return pieces;
  }

  private pushLines(chunk: Buffer, from: number, pieces: DocumentPiece[]): void {
    let start = from;
    for (let end = chunk.indexOf(newline, start); end !== -1; end = chunk.indexOf(newline, start)) {
      this.emit(chunk.subarray(start, end), pieces);
      start = end + 1;
    }
    this.hold(chunk.subarray(start));
  }

  private pushArray(chunk: Buffer, from: number, pieces: DocumentPiece[]): void {
    let start = from;
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.mode === 'ended') {
        if (isSpace(byte)) continue;
        this.fault ??= malformed('something follows the end of the array', this.line);
        return;
      } else if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (byte === backslash) this.escaped = true;
        else if (byte === quote) this.inString = false;
      } else if (byte === quote) this.inString = true;
      else if (byte === openBrace || byte === openBracket) this.depth++;
      else if (this.depth > 0) {
        if (byte === closeBrace || byte === closeBracket) this.depth--;
      } else if (byte === comma || byte === closeBracket) {
        this.endElement(chunk.subarray(start, at), byte === comma, pieces);
        start = at + 1;
      }
    }
    if (this.mode === 'array') this.hold(chunk.subarray(start));
  }

  private endElement(last: Buffer, another: boolean, pieces: DocumentPiece[]): void {
    const before = pieces.length;
    const mayBeEmpty = !another && !this.afterComma;
    this.emit(last, pieces);
    // Only `[]` has an element without text; elsewhere a blank between commas is a fault of that element.
    if (pieces.length === before && !mayBeEmpty) pieces.push({ line: this.line, bytes: Buffer.alloc(0), sizeBytes: 0 });
    this.afterComma = another;
    if (!another) this.mode = 'ended';
  }

  private hold(rest: Buffer): void {
    if (rest.length === 0) return;
    this.heldBytes += rest.length;
    if (this.heldBytes > this.documentBytesMax) this.held = [];
    // Copied, because the chunk's memory is the caller's.
    else this.held.push(Buffer.from(rest));
  }

  private emit(last: Buffer, pieces: DocumentPiece[]): void {
    this.line++;
    const sizeBytes = this.heldBytes + last.length;
    const bytes = this.held.length === 0 ? last : Buffer.concat([...this.held, last]);
    this.held = [];
    this.heldBytes = 0;
    if (sizeBytes > this.documentBytesMax) return void pieces.push({ line: this.line, bytes: null, sizeBytes });
    const trimmed = trim(bytes);
    if (trimmed.length > 0) pieces.push({ line: this.line, bytes: trimmed, sizeBytes: trimmed.length });
  }
}

/** Without the white space at both ends. */
export function trim(bytes: Buffer): Buffer {
  let start = 0;
  let end = bytes.length;
  while (start < end && isSpace(bytes[start]!)) start++;
  while (end > start && isSpace(bytes[end - 1]!)) end--;
  return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
}

function malformed(reason: string, line: number): SheafError {
  return new SheafError('JSON_MALFORMED', { detail: { reason, line } });
}
