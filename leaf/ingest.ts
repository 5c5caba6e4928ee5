/**
 * The write pipeline of a leaf: from an entry of the log to a document that searches find. Two halves, one on each
 * thread, and only the order of the stages.
 */
import { SheafError } from '../shared/errors.ts';
import type { LogBatch } from '../shared/log/log.ts';
import { readCatalogOffset } from '../shared/log/batch.ts';
import type { IndexedField } from '../shared/schema/schema.ts';
import { foldEntries } from './indexing/fold-entries.ts';
import type { Pending } from './indexing/pending.ts';
import type { NumberedSegment } from './indexing/replica-files.ts';
import type { MadeSearchable } from './indexing/segment-engine.ts';
import type { KeyHistory } from './keys/key-history.ts';
import { buildSegment } from './segment/build.ts';
import { openSegment, type Segment } from './segment/open.ts';
import { liveSegment } from './snapshot/snapshot.ts';

export interface TakeStages {
  /** Resolves when the leaf's copy of the catalog holds the entry at this offset. */
  readonly catalogReached: (offset: number) => Promise<void>;
  /** Hands the batch to the indexing thread; resolves when the next one may come. */
  readonly hand: (batch: LogBatch) => Promise<void>;
}

/**
 * On the answering thread: takes a batch from the log. What it returns is the log's leave to send the next.
 * @throws SheafError BATCH_INVALID where it names an entry of the catalog that there is not
 */
export async function takeBatch(stages: TakeStages, batch: LogBatch): Promise<void> {
  const catalogOffset = catalogOffsetOf(batch);
  // A batch is indexed with a schema at least as new as the one its documents were checked against.
  if (catalogOffset !== null) await stages.catalogReached(catalogOffset);
  await stages.hand(batch);
}

/** Null where that cannot be read: the indexing thread stands still before such a batch, after all that came before. */
function catalogOffsetOf({ bytes }: LogBatch): number | null {
  try {
    return readCatalogOffset(bytes);
  } catch (error) {
    if (error instanceof SheafError) return null;
    throw error;
  }
}

/** On the indexing thread: the segments after what is pending has been applied, older ones first. */
export function makeSearchable(
  fields: readonly IndexedField[],
  segments: readonly NumberedSegment<Segment>[],
  pending: Pending,
  history: KeyHistory,
): MadeSearchable<Segment> {
  const { kept, documents, changes } = foldEntries(segments, history, pending);
  if (documents.length === 0) return { kept, added: null, changes };
  const buffer = buildSegment(fields, documents);
  return { kept, added: liveSegment(openSegment(buffer)), changes };
}
