/** `sheaf load`: a file of documents into an index, over HTTP. */
import type { Readable } from 'node:stream';
import type { Clock } from '../../shared/clock/clock.ts';
import type { LoadConfig } from '../../shared/config/read.ts';
import { limits } from '../../shared/limits.ts';
import { RootClient } from '../client/client.ts';
import { createInferred, indexExists } from './ensure-index.ts';
import { splitLines } from './lines.ts';
import { Progress, type Output } from './progress.ts';
import { sampleBatches } from './sample.ts';
import { sendBatches } from './send.ts';
import { openSource } from './source.ts';
import { LoadTotals } from './totals.ts';
import { untilSearchable } from './until-searchable.ts';

/** Documents whose fields make up an inferred schema. */
const sampleMax = 1000;
export const batchBytes = 1_000_000;

export interface LoadWorld {
  readonly stdin: Readable;
  readonly output: Output;
  readonly clock: Clock;
  readonly random: () => number;
  /** Aborted when the user wants the load to end. */
  readonly stop: AbortSignal;
}

/**
 * Loads and says what became of it.
 * @param file path, or `-` for stdin
 * @returns exit code: 0 when every document was accepted, else 1
 */
export async function load(config: LoadConfig, index: string, file: string, world: LoadWorld): Promise<number> {
  const client = new RootClient(config.url, config.concurrency);
  const say = (line: string): void => void world.output.write(`${line}\n`);
  try {
    const source = await openSource(file, world.stdin, world.stop);
    const lines = splitLines(source.chunks, { batchBytes, lineBytesMax: limits.documentBytesMax });
    const exists = await indexExists(client, index);
    const { documents, batches } = await sampleBatches(lines, exists ? 0 : sampleMax);
    if (!exists) await createInferred(client, index, documents, config, say);

    const totals = new LoadTotals(source.unit);
    const share = () => (source.sizeBytes === undefined ? undefined : source.readBytes() / source.sizeBytes);
    const progress = new Progress(world.output, world.clock, () => ({
      documents: totals.accepted,
      share: share(),
      waitsFor: totals.waitsFor,
    }));
    try {
      await sendBatches(batches, totals, { ...config, ...world, client, index });
    } catch (error) {
      // A stream that was cut off because of the stop is no fault of the file.
      if (!world.stop.aborted) throw error;
    } finally {
      progress.close();
      for (const line of totals.report()) say(line);
    }
    if (totals.token !== undefined && !world.stop.aborted) await untilSearchable(client, index, totals.token, say);
    if (world.stop.aborted) say(`Stopped before the end; what is counted as accepted is in ${index}.`);
    return totals.isClean && !world.stop.aborted ? 0 : 1;
  } finally {
    await client.close();
  }
}
