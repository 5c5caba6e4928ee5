import type { ScanPartial, ScanTask } from '../../shared/protocol/tasks/scan.ts';
import { limits } from '../../shared/limits.ts';
import { sourceCost } from '../documents/read-source.ts';
import { sourceAt } from '../documents/stored.ts';
import type { QueryCaches } from '../evaluate/query-caches.ts';
import { SegmentClauses } from '../evaluate/segment-clauses.ts';
import { stepFor, type Steps } from '../schedule/steps.ts';
import type { LiveSegment, Snapshot } from '../snapshot/snapshot.ts';

type Scan = Pick<ScanTask, 'query' | 'above' | 'until' | 'size' | 'sources' | 'origin'>;

interface Place {
  readonly live: LiveSegment;
  readonly docId: number;
  readonly offset: number;
}

type Scanned = Pick<ScanPartial, 'found' | 'upTo'> & { readonly body: readonly Uint8Array[] };

/** What opening a segment costs, in documents. */
const segmentCost = 64;
/** Documents that are looked at between two looks at the clock. */
const windowDocuments = 256;

/**
 * The next documents of one shard that match, in the order of the log, in steps.
 *
 * Within a segment documents stand in that order. Merges leave segments that overlap, so of each as many are taken as are wanted of
 * all, but for those that begin beyond the last of what is found already.
 */
export class ScanRun {
  private readonly steps: Steps<Scanned>;
  private readonly shard: number | undefined;
  private scanned: Scanned;
  private isDone = false;

  /** @param chosen the shard asked for, or none where it cannot answer */
  constructor(
    scan: Scan,
    [chosen]: readonly { readonly shard: number; readonly snapshot: Snapshot }[],
    caches: QueryCaches,
  ) {
    this.shard = chosen?.shard;
    this.scanned = { found: { keys: [], sequences: [], sourceBytes: [] }, upTo: scan.above, body: [] };
    this.steps = scanInSteps(scan, chosen?.snapshot.segments ?? [], caches);
    this.isDone = chosen === undefined;
  }

  /** Goes on for about as long as this many documents take. Returns whether all is done. */
  step(documentsMax: number): boolean {
    if (this.isDone) return true;
    const scanned = stepFor(this.steps, documentsMax);
    if (scanned === null) return false;
    this.scanned = scanned;
    this.isDone = true;
    return true;
  }

  /** See TaskRun. */
  wholeBelow(): number {
    return this.isDone ? Infinity : this.shard!;
  }

  result(): { readonly own: Pick<ScanPartial, 'kind' | 'found' | 'upTo'>; readonly body: readonly Uint8Array[] } {
    const { found, upTo, body } = this.scanned;
    return { own: { kind: 'scan', found, upTo }, body };
  }
}

function* scanInSteps(scan: Scan, segments: readonly LiveSegment[], caches: QueryCaches): Steps<Scanned> {
  const { size, until } = scan;
  let places: Place[] = [];
  for (const live of segments.toSorted((a, b) => firstOffset(a) - firstOffset(b))) {
    const last = places.length < size ? until : places[size - 1]!.offset;
    yield segmentCost;
    const found = yield* scanSegment(scan, live, last, caches);
    if (found.length === 0) continue;
    places = [...places, ...found].toSorted((a, b) => a.offset - b.offset).slice(0, size);
  }
  return yield* readPlaces(scan, places, places.length < size ? until : places.at(-1)!.offset);
}

function firstOffset({ segment }: LiveSegment): number {
  return segment.offsets[0] ?? Infinity;
}

function* scanSegment(
  { query, above, size, origin }: Scan,
  live: LiveSegment,
  last: number,
  caches: QueryCaches,
): Steps<Place[]> {
  const { offsets, documents, origins } = live.segment;
  const begin = countUpTo(offsets, above);
  const end = countUpTo(offsets, last);
  const places: Place[] = [];
  if (begin >= end) return places;
  const clauses = new SegmentClauses(live, caches);
  yield* clauses.expand(query, false);
  const iterator = clauses.evaluate(query, null);
  const costPerDocument = iterator.cost / Math.max(documents, 1);
  for (let from = begin; from < end && places.length < size;) {
    const stop = Math.min(end, from + windowDocuments);
    const docId = iterator.advance(from, stop);
    const isAsked = docId < stop && (origin === undefined || origins.at(docId) === origin);
    if (isAsked) places.push({ live, docId, offset: offsets[docId]! });
    const next = docId < stop ? docId + 1 : stop;
    yield Math.max(1, (next - from) * costPerDocument);
    from = next;
  }
  return places;
}

/** How many of the ascending numbers are at most so high. */
function countUpTo(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function* readPlaces({ sources }: Scan, places: readonly Place[], upTo: number): Steps<Scanned> {
  const found = { keys: [] as string[], sequences: [] as number[], sourceBytes: [] as number[] };
  const body: Uint8Array[] = [];
  let bytes = 0;
  for (const { live, docId, offset } of places) {
    if (sources) {
      const source = sourceAt(live.segment.sources, docId);
      bytes += source.length;
      if (bytes > limits.scanBytesMax && body.length > 0) return { found, upTo: found.sequences.at(-1)!, body };
      body.push(source);
      found.sourceBytes.push(source.length);
    }
    found.keys.push(live.segment.keys.keyAt(docId));
    found.sequences.push(offset);
    yield sources ? sourceCost : 1;
  }
  return { found, upTo, body };
}
