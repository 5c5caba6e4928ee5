/**
 * Appends records to partitions, each of them once: its producer numbers what it appends to a partition, and brokers take each number once. Touches
 * the world through the brokers, and timers.
 *
 * What is not acknowledged is sent again under its numbers, to whoever leads the partition by then. A leader that does not answer is not waited for once
 * another broker knows of the next one. Each partition finds its own way: those of a broker that is lost get different leaders.
 */
import { SheafError } from '../../errors.ts';
import { kafkaFaults, unavailable, type Brokers, type Produced, type ProducePart, type ProducerId } from './brokers.ts';
import type { Place } from './names.ts';
import type { HeadedRecord } from './records.ts';

/** Records for one partition; no two have the same one. */
export interface Production {
  readonly place: Place;
  readonly records: readonly HeadedRecord[];
}

/**
 * Appends, to each partition all of its records or none, and gives the first offset of each. One after the other: of the same partition
 * in the order of the calls.
 * @throws SheafError BODY_TOO_LARGE; LOG_UNAVAILABLE where it was closed meanwhile, or given up: it may have been recorded
 */
export type Produce = (productions: readonly Production[]) => Promise<number[]>;

/** What brokers are asked. */
export type ProducingBrokers = Pick<Brokers, 'find' | 'forget' | 'leaderOf' | 'newProducer' | 'produce'>;

export interface ProducingOptions {
  readonly brokers: ProducingBrokers;
  /** Milliseconds of any steady clock. */
  readonly now: () => number;
  /** Milliseconds between two tries. */
  readonly retryMs?: number;
  /** Milliseconds after which it is asked whether a leader that has not answered yet leads still. */
  readonly doubtMs?: number;
}

/** A number has 31 bits. */
const sequenceMax = 2 ** 30;
/** What is not appended by then is given up: whoever waits for it does not any more, and it must not come hours later. */
const giveUpMs = 30_000;
const retryMsDefault = 100;
const doubtMsDefault = 1000;

/** Faults that end, by another leader or by themselves. */
const passing: ReadonlySet<number> = new Set([
  kafkaFaults.unknownTopic,
  kafkaFaults.leaderNotAvailable,
  kafkaFaults.notLeader,
  kafkaFaults.requestTimedOut,
  kafkaFaults.brokerNotAvailable,
  kafkaFaults.replicaNotAvailable,
  kafkaFaults.networkException,
  kafkaFaults.notEnoughReplicas,
  kafkaFaults.notEnoughReplicasAfterAppend,
  kafkaFaults.storageFault,
  kafkaFaults.fencedLeaderEpoch,
  kafkaFaults.unknownLeaderEpoch,
]);

/** Nothing is known of what became of it. */
const unanswered: Produced = { errorCode: kafkaFaults.networkException, firstOffset: -1 };

export class Producing {
  private readonly options: ProducingOptions;
  /** Null before the first append, and where what became of an append is not known: its numbers are not used again. */
  private producer: ProducerId | null = null;
  /** The next number of each partition. */
  private readonly sequences = new Map<string, number>();
  private last: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(options: ProducingOptions) {
    this.options = options;
  }

  readonly produce: Produce = async (productions) => {
    const { last } = this;
    const sent = (async () => {
      await last;
      return await this.send(productions);
    })();
    this.last = sent.catch(() => undefined);
    return await sent;
  };

  close(): void {
    this.closed = true;
  }

  /** Where it throws, what became of some of it is not known: its numbers are not used again. */
  private async send(productions: readonly Production[]): Promise<number[]> {
    const end = this.options.now() + giveUpMs;
    const offsets = new Map<Production, number>();
    try {
      for (let missing = productions; missing.length > 0; missing = missing.filter((each) => !offsets.has(each))) {
        const reasons = await this.attempt(missing, offsets);
        if (reasons.length === 0) continue;
        if (this.options.now() > end) throw unavailable(`not appended in ${giveUpMs} ms: ${reasons.join(', ')}`);
        await pause(this.options.retryMs ?? retryMsDefault);
      }
    } catch (error) {
      this.producer = null;
      throw error;
    }
    return productions.map((each) => offsets.get(each)!);
  }

  /**
   * Sends each to whoever leads its partition now, and waits for all of them.
   * @param offsets told of what was appended
   * @returns why the rest was not, and is to be sent again
   * @throws SheafError where that is of no use
   */
  private async attempt(missing: readonly Production[], offsets: Map<Production, number>): Promise<string[]> {
    if (this.closed) throw unavailable('the log was closed');
    const reasons: string[] = [];
    const faults: SheafError[] = [];
    const take = (production: Production, { errorCode, firstOffset }: Produced): void => {
      if (errorCode === 0) this.taken(production, firstOffset, offsets);
      else if (passing.has(errorCode)) reasons.push(`${nameOf(production.place)}: ${errorCode}`);
      else faults.push(faultOf(production, errorCode));
    };
    try {
      const producer = await this.producerFor(missing);
      const byLeader = await this.byLeader(missing, reasons);
      await Promise.all(
        Array.from(byLeader, async ([leader, own]) => {
          const produced = await this.sendTo(leader, producer, own);
          for (const [i, production] of own.entries()) take(production, produced[i]!);
        }),
      );
    } catch (error) {
      if (!(error instanceof SheafError) || error.code !== 'LOG_UNAVAILABLE') throw error;
      reasons.push(String(error.detail['reason']));
    }
    if (faults.length > 0) throw faults[0]!;
    if (reasons.length > 0) this.options.brokers.forget();
    return reasons;
  }

  private taken(production: Production, firstOffset: number, offsets: Map<Production, number>): void {
    offsets.set(production, firstOffset);
    const name = nameOf(production.place);
    this.sequences.set(name, (this.sequences.get(name) ?? 0) + production.records.length);
  }

  /** The one of before, as long as there are numbers left. */
  private async producerFor(productions: readonly Production[]): Promise<ProducerId> {
    const isSpent = productions.some(
      ({ place, records }) => (this.sequences.get(nameOf(place)) ?? 0) + records.length > sequenceMax,
    );
    if (this.producer !== null && !isSpent) return this.producer;
    const fresh = await this.options.brokers.newProducer();
    this.sequences.clear();
    return (this.producer = fresh);
  }

  private async byLeader(
    productions: readonly Production[],
    reasons: string[],
  ): Promise<ReadonlyMap<number, Production[]>> {
    const { brokers } = this.options;
    await brokers.find([...new Set(productions.map(({ place }) => place.topic))]);
    const byLeader = new Map<number, Production[]>();
    for (const production of productions) {
      const leader = brokers.leaderOf(production.place);
      const own = leader === undefined ? undefined : byLeader.get(leader);
      if (leader === undefined) reasons.push(`${nameOf(production.place)} has no leader`);
      else if (own === undefined) byLeader.set(leader, [production]);
      else own.push(production);
    }
    return byLeader;
  }

  /** Does not wait for a leader that is none any more: what it does with what it has got comes to nothing. */
  private async sendTo(leader: number, producer: ProducerId, own: readonly Production[]): Promise<readonly Produced[]> {
    const parts = own.map(({ place, records }): ProducePart => {
      return { place, records, sequence: this.sequences.get(nameOf(place)) ?? 0 };
    });
    const answered = new AbortController();
    const sent = this.sendParts(leader, producer, parts).finally(() => answered.abort());
    return await Promise.race([sent, this.untilMoved(leader, own, answered.signal)]);
  }

  private async sendParts(
    leader: number,
    producer: ProducerId,
    parts: readonly ProducePart[],
  ): Promise<readonly Produced[]> {
    try {
      return await this.options.brokers.produce(leader, producer, parts);
    } catch (error) {
      if (!(error instanceof SheafError) || error.code !== 'LOG_UNAVAILABLE') throw error;
      return parts.map(() => unanswered);
    }
  }

  /** Resolves when another broker leads one of the partitions, never once the signal is given. */
  private async untilMoved(
    leader: number,
    own: readonly Production[],
    signal: AbortSignal,
  ): Promise<readonly Produced[]> {
    const { brokers, doubtMs = doubtMsDefault } = this.options;
    const topics = [...new Set(own.map(({ place }) => place.topic))];
    const isMoved = ({ place }: Production): boolean => (brokers.leaderOf(place) ?? leader) !== leader;
    do {
      await pause(doubtMs, signal);
      // Where nobody answers, nobody knows of another leader.
      await brokers.find(topics, true, leader).catch(() => undefined);
    } while (!signal.aborted && !own.some(isMoved));
    return own.map(() => unanswered);
  }
}

const nameOf = ({ topic, number }: Place): string => `${topic} ${number}`;

function faultOf({ place, records }: Production, errorCode: number): SheafError {
  if (errorCode !== kafkaFaults.messageTooLarge && errorCode !== kafkaFaults.recordListTooLarge)
    return unavailable(`${nameOf(place)} is not appended to: ${errorCode}`);
  const actualBytes = records.reduce((sum, record) => sum + bytesOf(record), 0);
  return new SheafError('BODY_TOO_LARGE', { detail: { actualBytes } });
}

function bytesOf({ key, value, headed }: HeadedRecord): number {
  let sizeBytes = (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, text] of headed ?? []) sizeBytes += name.length + text.length;
  return sizeBytes;
}

/** Never resolves where the signal is given before. */
async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}
