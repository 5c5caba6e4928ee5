/** The snapshots of one replica, one after the other, by the kind of its index. */
import type { Publication } from '../indexing/messages.ts';
import type { IndexOfReplica } from '../indexing/messages.ts';
import type { Segment } from '../segment/open.ts';
import type { ReplicaSnapshot } from '../snapshot/replica-snapshot.ts';
import { emptySnapshot } from '../snapshot/snapshot.ts';
import type { Live } from '../snapshot/stored-segment.ts';
import { emptyTermSnapshot, makeTermSnapshot } from '../terms/term-snapshot.ts';
import { TermSegment } from '../terms/term-segment.ts';
import { applyPublication, takeSegments } from './apply-publication.ts';

export interface PublishedSnapshots {
  /** What is searchable before anything was published. */
  readonly empty: ReplicaSnapshot;
  /** The snapshot of a publication; publications are taken in the order they were made. */
  take(publication: Publication): ReplicaSnapshot;
}

export function publishedSnapshots({ kind }: IndexOfReplica): PublishedSnapshots {
  switch (kind) {
    case 'document':
    case 'rollup':
      // Rows are documents of their segments.
      return documentSnapshots();
    case 'term':
      return termSnapshots();
  }
}

function documentSnapshots(): PublishedSnapshots {
  let byId: ReadonlyMap<number, Live<Segment>> = new Map();
  return {
    empty: emptySnapshot,
    take: (publication) => {
      const published = applyPublication(byId, publication);
      byId = published.byId;
      return published.snapshot;
    },
  };
}

function termSnapshots(): PublishedSnapshots {
  let byId: ReadonlyMap<number, Live<TermSegment>> = new Map();
  return {
    empty: emptyTermSnapshot,
    take: (publication) => {
      byId = takeSegments((buffer) => new TermSegment(buffer), byId, publication);
      return makeTermSnapshot([...byId.values()], publication.offset);
    },
  };
}
