/** How far sources have come: entries in, states out, the same for every reader. Knows no time. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { SheafError, type ErrorBody } from '../errors.ts';
import { isCount } from '../json/is-count.ts';
import { limits } from '../limits.ts';
import {
  noCounts,
  replayLane,
  sourceCounts,
  type Lane,
  type SourceCounts,
  type SourceEntry,
  type SourceState,
  type SourceStep,
} from './source-entry.ts';

type Of<E extends SourceEntry['entry']> = Extract<SourceEntry, { entry: E }>;

export class SourceTable {
  /** The last offset that was read, −1 at the beginning. */
  offset = -1;
  /** Entries read since the last checkpoint. */
  sinceCheckpoint = 0;
  private readonly sources = new Map<number, SourceState>();
  /** False until all states are known: where the partition was trimmed, they are in its first entry. */
  private isKnown: boolean;

  /** @param isWhole whether it reads the partition from its first entry on */
  constructor(isWhole: boolean) {
    this.isKnown = isWhole;
  }

  /** What is known of a source; of one of which nothing was ever written, that it has not begun. */
  get(id: number): SourceState {
    return this.sources.get(id) ?? { id, wanted: 'run', stands: null, partitions: null, lanes: [], replay: null };
  }

  /** Those of which something was written, in the order in which that began. */
  all(): SourceState[] {
    return [...this.sources.values()];
  }

  /** What the entries of a batch do not tell: that the offsets up to this one are passed. */
  pass(offset: number): void {
    this.offset = offset;
  }

  /** @throws SheafError BATCH_INVALID where the first entry after a trim does not tell what is known */
  checkFirst(entry: SourceEntry): void {
    if (this.isKnown || entry.entry === 'checkpoint') return;
    throw new SheafError('BATCH_INVALID', {
      detail: { reason: 'no checkpoint stands where the sources were trimmed' },
    });
  }

  /**
   * Takes the next entry, which stands at `offset`.
   * @returns whether it is valid: an entry that came too late, or twice, changes nothing
   */
  apply(offset: number, entry: SourceEntry): boolean {
    this.checkFirst(entry);
    const before = this.offset;
    this.offset = offset;
    this.sinceCheckpoint++;
    switch (entry.entry) {
      case 'begin':
        return this.begin(entry);
      case 'step':
        return this.step(entry);
      case 'stand':
        return this.stand(entry);
      case 'control': {
        const state = this.get(entry.source);
        return state.wanted !== entry.wanted && this.set({ ...state, wanted: entry.wanted });
      }
      case 'replay':
        return this.replay(entry);
      case 'forget':
        return entry.sources.filter((id) => this.sources.delete(id)).length > 0;
      case 'checkpoint':
        return this.checkpoint(before, entry);
    }
  }

  private set(state: SourceState): boolean {
    if (!this.sources.has(state.id) && this.sources.size >= limits.sourcesKnownMax) return false;
    this.sources.set(state.id, state);
    return true;
  }

  private begin({ source, lane, topicId, next, partitions }: Of<'begin'>): boolean {
    const state = this.get(source);
    if ((state.lanes[lane] ?? null) !== null) return false;
    const lanes = Array.from({ length: Math.max(state.lanes.length, lane + 1) }, (_, i) => state.lanes[i] ?? null);
    return this.set({
      ...state,
      partitions: state.partitions ?? partitions,
      lanes: lanes.with(lane, { topicId, next, counts: noCounts, stands: null, leavesOut: 0 }),
    });
  }

  /** Counted where it follows on the steps that were counted, whoever wrote it: so each message is written once. */
  private step(step: SourceStep): boolean {
    const state = this.get(step.source);
    if (step.lane === replayLane) {
      const { replay } = state;
      if (replay === null) return false;
      const stepped = after(replay, step);
      const highest = { ...replay.highest, ...step.highest };
      return stepped !== null && this.set({ ...state, replay: { ...replay, ...stepped, highest } });
    }
    const stepped = after(state.lanes[step.lane] ?? null, step);
    return stepped !== null && this.set({ ...state, lanes: state.lanes.with(step.lane, stepped) });
  }

  private stand({ source, lane, error }: Of<'stand'>): boolean {
    const state = this.get(source);
    if (lane === null) return this.set({ ...state, stands: error });
    if (lane === replayLane) {
      return (
        state.replay !== null && this.set({ ...state, replay: { ...state.replay, ...standing(state.replay, error) } })
      );
    }
    const known = state.lanes[lane] ?? null;
    return (
      known !== null && this.set({ ...state, lanes: state.lanes.with(lane, { ...known, ...standing(known, error) }) })
    );
  }

  private replay({ source, topicId, until }: Of<'replay'>): boolean {
    const state = this.get(source);
    const { replay } = state;
    if (replay?.topicId === topicId) {
      return until > replay.until && this.set({ ...state, replay: { ...replay, until } });
    }
    const fresh = { topicId, next: 0, counts: noCounts, stands: null, leavesOut: 0, until, highest: {} };
    return this.set({ ...state, replay: fresh });
  }

  /** It counts where it tells what this reader knows, or where this reader knows nothing yet. */
  private checkpoint(before: number, { upTo, sources }: Of<'checkpoint'>): boolean {
    if (this.isKnown && !(upTo === before && isDeepStrictEqual(sources, this.all()))) return false;
    this.isKnown = true;
    this.sinceCheckpoint = 0;
    this.sources.clear();
    for (const state of sources) this.sources.set(state.id, state);
    return true;
  }
}

/** The lane after a step; null where the step does not follow on it. */
function after(lane: Lane | null, { topicId, from, next, counts }: SourceStep): Lane | null {
  if (lane?.topicId !== topicId || lane.next !== from || next <= from) return null;
  const all = add(add(lane.counts, counts), { leftOut: lane.leavesOut });
  return { topicId, next, counts: all, stands: null, leavesOut: 0 };
}

/** Whoever has a lane go on that was truncated leaves out what came, and comes, under the offsets up to its next one. */
function standing({ stands, next, leavesOut }: Lane, error: ErrorBody | null): Pick<Lane, 'stands' | 'leavesOut'> {
  const end = stands?.code === 'SOURCE_TOPIC_TRUNCATED' && error === null ? stands.detail?.['end'] : undefined;
  return { stands: error, leavesOut: isCount(end) ? Math.max(leavesOut, next - end) : leavesOut };
}

function add(counts: SourceCounts, more: Partial<SourceCounts>): SourceCounts {
  return Object.fromEntries(sourceCounts.map((name) => [name, counts[name] + (more[name] ?? 0)])) as SourceCounts;
}
