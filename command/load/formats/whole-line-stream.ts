import { CommandFailure } from '../../failure.ts';
import { limits } from '../../../shared/limits.ts';

const newline = 0x0a;
/** A document, and what its line says besides. */
const lineBytesMax = limits.documentBytesMax + 65_536;

/** The lines of a stream, without their ends. Holds one line and one chunk. @throws CommandFailure on one beyond all documents */
export async function* wholeLineStream(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let line = 1;
  for await (const piece of chunks) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let start = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
      const tail = chunk.subarray(start, at);
      yield held.length === 0 ? tail : Buffer.concat([...held, tail]);
      held = [];
      heldBytes = 0;
      start = at + 1;
      line++;
    }
    if (start < chunk.length) held.push(Buffer.from(chunk.subarray(start)));
    heldBytes += chunk.length - start;
    if (heldBytes > lineBytesMax) {
      throw new CommandFailure(
        `line ${line} has more than ${lineBytesMax} bytes; a document has at most ${limits.documentBytesMax}`,
      );
    }
  }
  if (held.length > 0) yield Buffer.concat(held);
}
