/** A replica's writer, by the kind of its index. Touches the world: reads, and where it is damaged empties, the folder. */
import { SheafError } from '../../shared/errors.ts';
import { rollupEngine } from '../rollup/rollup-engine.ts';
import type { StoredSegment } from '../snapshot/stored-segment.ts';
import { termEngine } from '../terms/term-engine.ts';
import { documentEngine } from './document-engine.ts';
import type { OpenMessage } from './messages.ts';
import { deleteReplica, readReplica, type ReplicaPlace } from './replica-files.ts';
import { ReplicaWriter, type Writer } from './replica-writer.ts';
import type { PendingEntries, SegmentEngine } from './segment-engine.ts';

export interface OpenedWriter {
  readonly writer: Writer;
  /** Why what the folder held was thrown away; null when it was not. */
  readonly healed: string | null;
}

/** @throws what the file system throws */
export function openWriter(message: OpenMessage, place: ReplicaPlace): OpenedWriter {
  switch (message.index.kind) {
    case 'document':
      return openWith(documentEngine, message, place);
    case 'term':
      return openWith(termEngine({ shard: message.shard, shards: message.index.shards }), message, place);
    case 'rollup':
      return openWith(rollupEngine(message.fields), message, place);
  }
}

/** A damaged folder is emptied: the log has everything. */
function openWith<S extends StoredSegment, P extends PendingEntries>(
  engine: SegmentEngine<S, P>,
  { replica, fields }: OpenMessage,
  place: ReplicaPlace,
): OpenedWriter {
  const open = (found: ReturnType<typeof readReplica<S>>): Writer =>
    new ReplicaWriter({ engine, replica, place, fields, found });
  try {
    return { writer: open(readReplica(place, engine.open)), healed: null };
  } catch (error) {
    if (!(error instanceof SheafError) || error.code !== 'SEGMENT_CORRUPT') throw error;
    deleteReplica(place);
    return { writer: open(null), healed: JSON.stringify(error.detail) };
  }
}
