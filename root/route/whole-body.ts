/**
 * A body that is one document, whatever bytes it holds. Nothing comes out before its end, so that a body that goes on
 * after the document is refused as a whole. Memory: one document. Pure.
 */
import { limits } from '../../shared/limits.ts';
import { trim, type DocumentPiece, type Splitter } from './document-splitter.ts';

export class WholeBody implements Splitter {
  readonly fault = null;
  private readonly held: Buffer[] = [];
  private sizeBytes = 0;

  push(chunk: Buffer): DocumentPiece[] {
    this.sizeBytes += chunk.length;
    // Copied, because the chunk's memory is the caller's.
    if (this.sizeBytes <= limits.documentBytesMax) this.held.push(Buffer.from(chunk));
    return [];
  }

  end(): DocumentPiece[] {
    const { sizeBytes } = this;
    if (sizeBytes > limits.documentBytesMax) return [{ line: 1, bytes: null, sizeBytes }];
    const bytes = trim(Buffer.concat(this.held));
    return bytes.length === 0 ? [] : [{ line: 1, bytes, sizeBytes: bytes.length }];
  }
}
