/** A replica's writer over what its folder holds. Touches the world: reads, and where it is damaged empties, the folder. */
import { baseOfIndex } from '../../shared/catalog/index-id.ts';
import { SheafError } from '../../shared/errors.ts';
import { retention, type Retention } from '../keys/key-history.ts';
import type { StoredSegment } from '../snapshot/stored-segment.ts';
import type { OpenMessage } from './messages.ts';
import { deleteReplica, readReplica, type ReplicaPlace } from './replica-files.ts';
import { ReplicaWriter, type Writer } from './replica-writer.ts';
import type { PendingEntries, SegmentEngine } from './segment-engine.ts';

export interface OpenedWriter {
  readonly writer: Writer;
  /** Why what the folder held was thrown away; null when it was not. */
  readonly healed: string | null;
}

/** A damaged folder is emptied: the log has everything. @param kept of keys @throws what the file system throws */
export function openWith<S extends StoredSegment, P extends PendingEntries>(
  engine: SegmentEngine<S, P>,
  { replica, fields }: OpenMessage,
  place: ReplicaPlace,
  kept: Retention = retention,
): OpenedWriter {
  const ofKeys = { ...kept, base: baseOfIndex(place.indexId) };
  const open = (found: ReturnType<typeof readReplica<S>>): Writer =>
    new ReplicaWriter({ engine, replica, place, fields, found, retention: ofKeys });
  try {
    return { writer: open(readReplica(place, engine.open, ofKeys)), healed: null };
  } catch (error) {
    if (!(error instanceof SheafError) || error.code !== 'SEGMENT_CORRUPT') throw error;
    deleteReplica(place);
    return { writer: open(null), healed: JSON.stringify(error.detail) };
  }
}
