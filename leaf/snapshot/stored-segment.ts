/** What every kind of segment has in common: enough to keep it on disk, to count it and to choose merges. */
export interface StoredSegment {
  /** All of it: what is on disk is what is searched. */
  readonly buffer: SharedArrayBuffer;
  readonly sizeBytes: number;
  /** Documents or rows in it, deleted ones included. */
  readonly documents: number;
  /** Whether it is to be written anew, as it would be made otherwise today; left out where that cannot be. */
  readonly isOutdated?: boolean;
}

/** A segment and what of it is still valid. */
export interface Live<S extends StoredSegment> {
  readonly segment: S;
  /** Bitset of deleted docIds, never changed once published; null when nothing is deleted. */
  readonly deleted: Uint32Array | null;
  /** Documents that are not deleted. */
  readonly liveCount: number;
}

/** A segment with nothing deleted. */
export function undeleted<S extends StoredSegment>(segment: S): Live<S> {
  return { segment, deleted: null, liveCount: segment.documents };
}
