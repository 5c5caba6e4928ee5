/** Reads documents to see what they are like, before anything is made of them. */
import { DocumentStatistics } from './field-statistics.ts';
import { wholeLineStream } from './formats/whole-line-stream.ts';

/** Bytes of NDJSON that are looked at: about three seconds. */
const surveyedBytesMax = 256 * 1024 * 1024;

/** @param lines NDJSON; lines that are no document are passed over, the root will say what is wrong with them */
export async function survey(lines: AsyncIterable<Uint8Array>, stop: AbortSignal): Promise<DocumentStatistics> {
  const statistics = new DocumentStatistics();
  let bytes = 0;
  for await (const line of wholeLineStream(lines)) {
    bytes += line.length;
    takeLine(statistics, line);
    if (bytes > surveyedBytesMax || stop.aborted) break;
  }
  return statistics;
}

/** Takes the document of a line, or the one inside a line that says what is done with it. */
export function takeLine(statistics: DocumentStatistics, line: Buffer): void {
  try {
    const parsed = JSON.parse(line.toString()) as Readonly<Record<string, unknown>> | null;
    if (parsed?.['_delete'] !== undefined) return;
    statistics.take(parsed?.['_put'] ?? parsed?.['_create'] ?? parsed?.['_patch'] ?? parsed);
  } catch {
    // Nothing can be learned from it here, and it is reported when it is sent.
  }
}
