/** Reads documents to see what they are like, before anything is made of them. */
import { DocumentStatistics } from './field-statistics.ts';
import { wholeLineStream } from './formats/whole-line-stream.ts';

/** Bytes of NDJSON that are looked at: about three seconds. */
const surveyedBytesMax = 256 * 1024 * 1024;

export interface Surveyed {
  readonly statistics: DocumentStatistics;
  /** Nothing comes after what was looked at. */
  readonly isWhole: boolean;
}

/** @param lines NDJSON; lines that are no document are passed over, the root will say what is wrong with them */
export async function survey(lines: AsyncIterable<Uint8Array>, stop: AbortSignal): Promise<Surveyed> {
  const statistics = new DocumentStatistics();
  let bytes = 0;
  for await (const line of wholeLineStream(lines)) {
    bytes += line.length;
    takeLine(statistics, line);
    if (bytes > surveyedBytesMax || stop.aborted) return { statistics, isWhole: false };
  }
  return { statistics, isWhole: true };
}

/** Takes the document of a line, or the one inside a line that says what is done with it. */
export function takeLine(statistics: DocumentStatistics, line: Buffer): void {
  const text = line.toString();
  statistics.lines++;
  if (text.trim() === '') return;
  let parsed: Readonly<Record<string, unknown>> | null;
  try {
    parsed = parse(text) as Readonly<Record<string, unknown>> | null;
  } catch (error) {
    // It is reported when it is sent.
    return statistics.passOver(`is no JSON: ${(error as Error).message}`);
  }
  if (parsed?.['_delete'] !== undefined) return statistics.passOver('is a deletion');
  statistics.take(parsed?.['_put'] ?? parsed?.['_create'] ?? parsed?.['_patch'] ?? parsed);
}

/** Only such numbers can be beyond 2^53, and few texts have them: reading with a reviver takes several times as long. */
const manyDigits = /\d{16}/;
const wholeNumber = /^-?\d+$/;
/** Which one it is does not matter, and digits may be many. */
const wide = 2n ** 64n;

function parse(text: string): unknown {
  return manyDigits.test(text) ? (JSON.parse(text, keepWide) as unknown) : (JSON.parse(text) as unknown);
}

function keepWide(_name: string, value: unknown, context?: { readonly source: string }): unknown {
  const isWide = typeof value === 'number' && !Number.isSafeInteger(value) && wholeNumber.test(context?.source ?? '');
  return isWide ? wide : value;
}
