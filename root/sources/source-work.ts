/** One source at one root: looks at its topic now and then, and works at the lanes that are this root's. */
import type { SourceDefinition } from '../../shared/catalog/definition.ts';
import { asSheafError, SheafError } from '../../shared/errors.ts';
import type { Leases } from '../../shared/lease/leases.ts';
import { limits } from '../../shared/limits.ts';
import { replayLane, type SourceState } from '../../shared/sources/source-entry.ts';
import { isTruncated, LaneWorker, truncated, type LaneDependencies } from './lane-worker.ts';
import { readerOf } from './present-roots.ts';
import type { SourceCluster, TopicFacts } from './source-cluster.ts';

export interface SourceWorkDependencies extends LaneDependencies {
  readonly leases: Leases;
  /** The name of this root among those that are present. */
  readonly incarnation: string;
}

/** Whoever waits for a lane goes on with it so long after its holder is gone. */
const leaseTtlMs = 5000;
/** What was looked up so long ago says nothing any more. */
const endsAgeMsMax = 15_000;

export function laneLease(source: number, lane: number): string {
  return `source/${source}/${lane === replayLane ? 'replay' : lane}`;
}

export class SourceWork {
  private readonly root: SourceWorkDependencies;
  private readonly cluster: SourceCluster;
  private readonly source: Pick<SourceDefinition, 'id' | 'name'>;
  /** Lanes that this root works at, or waits to. */
  private readonly under = new Map<number, AbortController>();
  private ends: { readonly offsets: readonly number[]; readonly atMs: number } | null = null;
  private isClosed = false;

  constructor(root: SourceWorkDependencies, cluster: SourceCluster, source: Pick<SourceDefinition, 'id' | 'name'>) {
    this.root = root;
    this.cluster = cluster;
    this.source = source;
  }

  /** The lanes that this root works at, or waits to. */
  get lanes(): readonly number[] {
    return [...this.under.keys()];
  }

  /** By partition of the topic the offset that comes next, as of a moment ago; null where nobody knows. */
  get latest(): readonly number[] | null {
    const { ends } = this;
    return ends === null || this.root.clock.now() - ends.atMs > endsAgeMsMax ? null : ends.offsets;
  }

  /**
   * Where the topic of dead letters ends now; null where there is none.
   * @throws SheafError SOURCE_UNREACHABLE
   */
  async endOfDeadLetters(topic: string): Promise<{ readonly topicId: string; readonly end: number } | null> {
    const facts = await this.cluster.describe(topic);
    if (facts === undefined) return null;
    const [end] = await this.cluster.offsets(topic, 1, 'latest');
    return { topicId: facts.id, end: end! };
  }

  /** Looks at the topic, and takes and leaves lanes. Never rejects. @param roots that are present */
  async look(definition: SourceDefinition, roots: readonly string[]): Promise<void> {
    const { book, incarnation } = this.root;
    const { id } = definition;
    // As it was before anything is asked of the topic: what is read of it meanwhile is no offset beyond its end.
    const before = book.sources.get(id);
    let facts: TopicFacts | null = null;
    let fault: SheafError | null = null;
    try {
      facts = await this.describe(definition, before);
    } catch (error) {
      fault = asSheafError(error);
    }
    if (this.isClosed) return;
    const state = book.sources.get(id);
    const isMine = (lane: string): boolean => readerOf(`${id} ${lane}`, roots) === incarnation;
    if (isMine('topic')) await this.tell(state, fault);
    if (facts !== null) await this.tellTruncated(definition, before, isMine);
    if (this.isClosed) return;
    // Who is at work finds the brokers again by itself.
    if (fault?.code === 'SOURCE_UNREACHABLE' && state.wanted === 'run') return;
    this.workAt(
      wantedLanes(book.sources.get(id), facts).filter((lane) => isMine(String(lane))),
      definition.name,
    );
  }

  /** Stops, and gives free what it holds: another root goes on at once. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.workAt([], this.source.name);
    await this.cluster.close();
  }

  private async describe({ topic }: SourceDefinition, { lanes }: SourceState): Promise<TopicFacts> {
    const facts = await this.cluster.describe(topic);
    if (facts === undefined) throw new SheafError('SOURCE_TOPIC_MISSING', { detail: { topic } });
    if (lanes.some((lane) => lane !== null && lane.topicId !== facts.id)) {
      const reason = 'it was made again under its name';
      throw new SheafError('SOURCE_TOPIC_REPLACED', { detail: { topic, reason } });
    }
    const { partitions: actual } = facts;
    const limit = limits.sourcePartitionsMax;
    if (actual > limit) throw new SheafError('SOURCE_PARTITIONS_TOO_MANY', { detail: { topic, limit, actual } });
    const offsets = await this.cluster.offsets(topic, actual, 'latest');
    this.ends = { offsets, atMs: this.root.clock.now() };
    return facts;
  }

  /** Says why the source stands still, or that it goes on, where that is not said already. */
  private async tell({ id, stands }: SourceState, fault: SheafError | null): Promise<void> {
    if ((stands?.code ?? null) === (fault?.code ?? null)) return;
    const { telemetry, book } = this.root;
    const source = this.source.name;
    if (fault === null) telemetry.info({ source }, 'a source goes on');
    else telemetry.warn({ source, error: fault.toBody() }, 'a source stands still');
    try {
      await book.append({ entry: 'stand', source: id, lane: null, error: fault?.toBody() ?? null });
    } catch {
      // It is said with the next look.
    }
  }

  /** Of partitions that end before what was read of them: whether or not somebody reads them now, more may come under those offsets. */
  private async tellTruncated(
    { topic, id }: SourceDefinition,
    { lanes }: SourceState,
    isMine: (lane: string) => boolean,
  ): Promise<void> {
    const { telemetry, book } = this.root;
    for (const [partition, lane] of lanes.entries()) {
      const end = this.ends?.offsets[partition];
      if (lane === null || end === undefined || lane.next <= end || isTruncated(lane) || !isMine(String(partition)))
        continue;
      const error = truncated({ topic, partition, next: lane.next, end }).toBody();
      telemetry.warn({ source: this.source.name, lane: partition, error }, 'a source stands still');
      try {
        await book.append({ entry: 'stand', source: id, lane: partition, error });
      } catch {
        // It is said with the next look.
      }
    }
  }

  private workAt(lanes: readonly number[], name: string): void {
    for (const [lane, controller] of this.under) {
      if (!lanes.includes(lane)) controller.abort(new Error('the lane is not read by this root now'));
    }
    if (this.isClosed) return;
    for (const lane of lanes) if (!this.under.has(lane)) void this.work(lane, name);
  }

  private async work(lane: number, name: string): Promise<void> {
    const { id } = this.source;
    const controller = new AbortController();
    const { signal } = controller;
    this.under.set(lane, controller);
    try {
      const lease = await this.root.leases.acquire(laneLease(id, lane), { ttlMs: leaseTtlMs, signal });
      try {
        await new LaneWorker(this.root, this.cluster, { name, id, lane }, lease, signal).run();
      } finally {
        lease.release();
      }
    } catch (error) {
      if (!signal.aborted) {
        this.root.telemetry.debug({ source: name, lane, err: asSheafError(error) }, 'a lane has no lease');
      }
    } finally {
      this.under.delete(lane);
    }
  }
}

/** What somebody has to read. */
function wantedLanes({ wanted, replay, lanes }: SourceState, facts: TopicFacts | null): number[] {
  if (wanted !== 'run' || facts === null) return [];
  const all = Array.from({ length: facts.partitions }, (_, partition) => partition);
  const partitions = all.filter((partition) => !isTruncated(lanes[partition] ?? null));
  const isReplayed = replay !== null && replay.next < replay.until && !isTruncated(replay);
  return isReplayed ? [replayLane, ...partitions] : partitions;
}
