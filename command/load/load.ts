/** `sheaf load`: a file of documents into an index, over HTTP. */
import type { Readable } from 'node:stream';
import type { Clock } from '../../shared/clock/clock.ts';
import type { LoadConfig } from '../../shared/config/read.ts';
import { limits } from '../../shared/limits.ts';
import { RootClient } from '../client/client.ts';
import type { FieldKind } from '../../shared/schema/kinds/field-kinds.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { CommandFailure } from '../failure.ts';
import { createIndex, findSchema, tellEmpty } from './ensure-index.ts';
import type { DocumentStatistics } from './field-statistics.ts';
import type { ReadOptions } from './formats/format.ts';
import { inferSchema, type InferredSchema } from './infer-schema.ts';
import { splitLines, type LineBatch, type LongLine } from './lines.ts';
import { adviseKey, kindsOf, readSchemaFile, readSet, requireFields } from './plan-load.ts';
import { Progress, type Output } from './progress.ts';
import { sampleBatches } from './sample.ts';
import { sendBatches } from './send.ts';
import { openSource, type Source } from './source.ts';
import { survey } from './survey.ts';
import { tellInferred } from './tell-inferred.ts';
import { LoadTotals } from './totals.ts';
import { untilTaken } from './until-taken.ts';
import { untilSearchable } from './until-searchable.ts';

/** Documents of a stream whose fields make up an inferred schema. */
const sampleMax = 1000;
export const batchBytes = 1_000_000;
/** A file of so much takes a while to read. */
const tellSurveyBytes = 20_000_000;

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
    const open = (): Promise<Source> => openSource(file, { ...world, format: config.format });
    const source = await open();
    const existing = await findSchema(client, index);
    const plan = await planLoad(config, { index, source, open, existing, say, stop: world.stop });
    if (config.dryRun) {
      say('Nothing was written, as --dry-run says.');
      return 0;
    }

    const totals = new LoadTotals(source.format.unit);
    const share = () => (source.sizeBytes === undefined ? undefined : plan.source.readBytes() / source.sizeBytes);
    const progress = new Progress(world.output, world.clock, () => ({
      documents: totals.accepted,
      share: share(),
      waitsFor: totals.waitsFor,
    }));
    let isCreated = false;
    try {
      const wanted = { ...config, schema: plan.schema, stop: world.stop };
      const batches = existing === undefined ? await untilTaken(plan.batches, totals, wanted) : plan.batches;
      if (batches !== null) {
        if (existing === undefined) await createIndex(client, index, wanted, say);
        isCreated = existing === undefined;
        await sendBatches(batches, totals, { ...config, ...world, client, index });
      } else say(`Index ${index} was not created, as it would hold nothing.`);
    } catch (error) {
      // A stream that was cut off because of the stop is no fault of the file.
      if (!world.stop.aborted) throw error;
    } finally {
      progress.close();
      for (const line of totals.report()) say(line);
      if (isCreated && totals.accepted === 0) say(tellEmpty(index));
    }
    if (totals.token !== undefined && !world.stop.aborted) await untilSearchable(client, index, totals.token, say);
    if (world.stop.aborted) say(`Stopped before the end; what is counted as accepted is in ${index}.`);
    return totals.isClean && !world.stop.aborted ? 0 : 1;
  } finally {
    await client.close();
  }
}

interface PlanOptions {
  readonly index: string;
  readonly source: Source;
  readonly open: () => Promise<Source>;
  readonly existing: IndexSchema | undefined;
  readonly say: (line: string) => void;
  readonly stop: AbortSignal;
}

interface LoadPlan {
  /** Of the index to create. */
  readonly schema: unknown;
  /** Where the batches come from. */
  readonly source: Source;
  readonly batches: AsyncIterable<LineBatch | LongLine>;
}

/** Finds the schema, from the user or from the documents, and says what is worth knowing before the first is sent. */
async function planLoad(config: LoadConfig, options: PlanOptions): Promise<LoadPlan> {
  const { source, open, existing, say, stop } = options;
  const set = readSet(config.set);
  if (existing !== undefined && (set.size > 0 || config.schema !== undefined)) {
    throw new CommandFailure(`index ${options.index} exists with a schema of its own; leave out --schema and --set`);
  }
  const known = existing ?? (config.schema === undefined ? undefined : (readSchemaFile(config.schema) as IndexSchema));
  if (known !== undefined) {
    return { schema: known, source, batches: batchesOf(source, { kindOf: kindsOf(known), say }) };
  }
  const textWhereMixed = source.format.valuesAreText === true;
  const kindOf = (field: string): FieldKind | undefined => set.get(field);
  if (source.sizeBytes === undefined) {
    const { statistics, batches } = await sampleBatches(batchesOf(source, { kindOf, say }), sampleMax);
    requireFields(set, { names: [...statistics.fields.keys()], areAll: false });
    const inferred = inferSchema(statistics, { set, textWhereMixed });
    tell(config, options, statistics, inferred);
    return { schema: inferred.schema, source, batches };
  }
  if (source.sizeBytes > tellSurveyBytes) say('Reading the file for its fields first.');
  const { statistics, isWhole } = await survey(source.lines({ kindOf, say }), stop);
  requireFields(set, { names: [...statistics.fields.keys()], areAll: isWhole && statistics.documents > 0 });
  const inferred = inferSchema(statistics, { set, textWhereMixed });
  tell(config, options, statistics, inferred);
  const again = await open();
  const batches = batchesOf(again, { kindOf: kindsOf(inferred.schema), say: () => undefined });
  return { schema: inferred.schema, source: again, batches };
}

function tell(
  config: LoadConfig,
  { index, source, say }: PlanOptions,
  statistics: DocumentStatistics,
  inferred: InferredSchema,
): void {
  const { unit } = source.format;
  for (const line of tellInferred(index, { statistics, unit }, inferred)) say(line);
  if (source.format.hasKeys !== true) for (const line of adviseKey(config, statistics)) say(line);
}

function batchesOf(source: Source, options: ReadOptions): AsyncGenerator<LineBatch | LongLine> {
  const linesMax = limits.judgedLinesMax;
  return splitLines(source.lines(options), { batchBytes, linesMax, lineBytesMax: limits.documentBytesMax });
}
