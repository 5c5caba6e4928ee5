/**
 * Appends of one process, in the order of the calls: those that wait go together. Touches the world through the producer and timers.
 *
 * Where each of them is for one partition, the append is one request. Otherwise their batches are parts of one append that is decided
 * (decision.ts); where it does not count, it is made again from what is known by then.
 */
import { randomBytes } from 'node:crypto';
import { asSheafError, SheafError } from '../../errors.ts';
import type { AppendBatch, Appended } from '../append-batch.ts';
import { checkBatch } from '../check-append.ts';
import { answerOf, decide, outcomesOf, recordedBatches, type KeyedRequest } from '../keyed-requests.ts';
import type { AppendedOnce } from '../log.ts';
import { appendBytesMax } from '../wire.ts';
import { unavailable } from './brokers.ts';
import type { DecidedKey } from './decision.ts';
import type { Decisions } from './decisions.ts';
import type { KeyTable } from './key-table.ts';
import { undecidedPartitions, type Place } from './names.ts';
import type { Produce, Production } from './produce.ts';
import { writePiece, type PartOf } from './records.ts';

export interface AppenderWorld {
  readonly produce: Produce;
  readonly decisions: Decisions;
  readonly keys: KeyTable;
  /** Where a partition is, once it can be appended to. @throws SheafError */
  readonly placeFor: (partition: string) => Promise<Place>;
}

interface Waiting {
  readonly batches: readonly AppendBatch[];
  readonly requests: readonly KeyedRequest[];
  readonly resolve: (appended: AppendedOnce) => void;
  readonly reject: (error: SheafError) => void;
}

/** An append on its way, and what of it is to be recorded. */
interface Taken {
  readonly waiting: Waiting;
  readonly recorded: readonly AppendBatch[];
  readonly decisions: ReturnType<typeof decide>;
}

export class Appender {
  private readonly world: Promise<AppenderWorld>;
  private waiting: Waiting[] = [];
  private working = false;
  private closed = false;

  /** @param world once the log can be appended to */
  constructor(world: Promise<AppenderWorld>) {
    this.world = world;
    // Who appends is told by the time that it takes.
    world.catch(() => undefined);
  }

  /** @throws SheafError LOG_UNAVAILABLE after the timeout (it may still be recorded, where it was on its way); see Log.appendOnce */
  async append(
    batches: readonly AppendBatch[],
    requests: readonly KeyedRequest[],
    timeoutMs: number,
  ): Promise<AppendedOnce> {
    if (this.closed) throw unavailable('the log was closed');
    const { promise, resolve, reject } = Promise.withResolvers<AppendedOnce>();
    const waiting: Waiting = { batches, requests, resolve, reject };
    const timer = setTimeout(() => {
      this.waiting = this.waiting.filter((each) => each !== waiting);
      reject(unavailable(`no answer in ${timeoutMs} ms`));
    }, timeoutMs);
    this.waiting.push(waiting);
    if (!this.working) void this.work();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.closed = true;
    for (const { reject } of this.waiting) reject(unavailable('the log was closed'));
    this.waiting = [];
  }

  private async work(): Promise<void> {
    this.working = true;
    try {
      const world = await this.world;
      // What was asked in the same turn goes together.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      while (this.waiting.length > 0) await this.appendGroup(world, this.take());
    } catch {
      // There is no world to append to: who waits is told by the timeout, or by the end.
    }
    this.working = false;
  }

  /**
   * As many as fit, no two with the same key: the second waits to know what became of the first. What is for the log's own partitions goes with its like: as a part of what
   * is decided it would keep the decision for good, as the catalog is never let go of.
   */
  private take(): Waiting[] {
    const keys = new Set<string>();
    let sizeBytes = 0;
    let count = 0;
    for (const waiting of this.waiting) {
      const { batches, requests } = waiting;
      sizeBytes += batches.reduce((sum, { bytes }) => sum + bytes.length, 0);
      const isLike = isOfLog(waiting) === isOfLog(this.waiting[0]!);
      if (count > 0 && (!isLike || sizeBytes > appendBytesMax || requests.some(({ key }) => keys.has(key)))) break;
      for (const { key } of requests) keys.add(key);
      count++;
    }
    return this.waiting.splice(0, count);
  }

  private async appendGroup(world: AppenderWorld, group: readonly Waiting[]): Promise<void> {
    const ready = await this.placed(world, group);
    try {
      if (ready.group.every(isPlain)) await appendPlain(world, ready.group, ready.places);
      else await appendDecided(world, ready.group, ready.places);
    } catch (error) {
      for (const { reject } of ready.group) reject(asSheafError(error));
    }
  }

  /** Those of which every partition can be appended to. The others are refused. */
  private async placed(world: AppenderWorld, group: readonly Waiting[]) {
    const places = new Map<string, Place>();
    const ready: Waiting[] = [];
    for (const waiting of group) {
      try {
        for (const { partition } of waiting.batches) {
          if (!places.has(partition)) places.set(partition, await world.placeFor(partition));
        }
        ready.push(waiting);
      } catch (error) {
        waiting.reject(asSheafError(error));
      }
    }
    return { group: ready, places };
  }
}

function isOfLog({ batches }: Waiting): boolean {
  return batches.every(({ partition }) => undecidedPartitions.includes(partition));
}

/** Whether Kafka itself takes it whole or not at all. */
function isPlain({ batches, requests }: Waiting): boolean {
  return requests.length === 0 && batches.every(({ partition }) => partition === batches[0]!.partition);
}

async function appendPlain(
  world: AppenderWorld,
  group: readonly Waiting[],
  places: ReadonlyMap<string, Place>,
): Promise<void> {
  const appended = await produceBatches(
    world,
    group.map(({ batches }) => batches),
    places,
    null,
  );
  for (const [i, { resolve }] of group.entries()) resolve({ appended: appended[i]!, outcomes: [] });
}

async function appendDecided(
  world: AppenderWorld,
  group: readonly Waiting[],
  places: ReadonlyMap<string, Place>,
): Promise<void> {
  for (;;) {
    const { seen } = world.decisions;
    const taken = group.flatMap((waiting) => take(waiting, world.keys) ?? []);
    if (taken.every(({ recorded }) => recorded.length === 0))
      return tell(
        taken,
        taken.map(() => []),
      );
    const part: PartOf = { append: randomBytes(16).toString('hex'), seen };
    const appended = await recordParts(world, taken, places, part);
    if (appended !== null) return tell(taken, appended);
  }
}

/** What of an append is to be recorded by what is known now. Null where that is refused. */
function take(waiting: Waiting, keys: KeyTable): Taken | null {
  const decisions = decide(waiting.requests, (key) => keys.find(key));
  try {
    const recorded = recordedBatches(waiting.batches, waiting.requests, decisions);
    for (const batch of recorded) checkBatch(batch);
    return { waiting, recorded, decisions };
  } catch (error) {
    waiting.reject(asSheafError(error));
    return null;
  }
}

/** Null where it does not count. */
async function recordParts(
  world: AppenderWorld,
  taken: readonly Taken[],
  places: ReadonlyMap<string, Place>,
  part: PartOf,
): Promise<Appended[][] | null> {
  let appended: Appended[][];
  try {
    appended = await produceBatches(
      world,
      taken.map(({ recorded }) => recorded),
      places,
      part,
    );
  } catch (error) {
    // What was recorded of it holds readers up until it is given up.
    void world.decisions.abandon(part.append);
    throw error;
  }
  const keys = taken.flatMap(({ waiting, decisions }, i): DecidedKey[] => {
    const answer = answerOf(appended[i]!);
    return waiting.requests.flatMap(({ key, digest }, j) =>
      decisions[j]!.kind === 'record' ? [{ key, digest, answer }] : [],
    );
  });
  await world.decisions.write({ kind: 'commit', ...part, keys });
  const counts = await world.decisions.verdictOf(part, { verdicts: null });
  if (counts === 'let go') throw unavailable('what was decided was let go of before it was read');
  return counts ? appended : null;
}

function tell(taken: readonly Taken[], appended: readonly Appended[][]): void {
  for (const [i, { waiting, decisions }] of taken.entries()) {
    const own = appended[i]!;
    waiting.resolve({ appended: own, outcomes: outcomesOf(decisions, answerOf(own)) });
  }
}

/** @returns of each list of batches where they are, in their order */
async function produceBatches(
  { produce }: AppenderWorld,
  lists: readonly (readonly AppendBatch[])[],
  places: ReadonlyMap<string, Place>,
  part: PartOf | null,
): Promise<Appended[][]> {
  const productions = new Map<string, Production & { readonly records: ReturnType<typeof writePiece> }>();
  const starts = lists.map((batches) =>
    batches.map((batch) => {
      const { partition } = batch;
      let own = productions.get(partition);
      if (own === undefined) productions.set(partition, (own = { place: places.get(partition)!, records: [] }));
      const start = own.records.length;
      for (const record of writePiece(batch, part)) own.records.push(record);
      return start;
    }),
  );
  if (productions.size === 0) return lists.map(() => []);
  const offsets = await produce([...productions.values()]);
  const firstOf = new Map([...productions.keys()].map((partition, i) => [partition, offsets[i]!]));
  return lists.map((batches, i) =>
    batches.map(({ partition, count }, j) => {
      const firstOffset = firstOf.get(partition)! + starts[i]![j]!;
      return { partition, firstOffset, lastOffset: firstOffset + count - 1 };
    }),
  );
}
