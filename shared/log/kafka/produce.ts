/** Appends records to partitions. Touches the world: sockets, of the client library. */
import { SheafError } from '../../errors.ts';
import type { Address } from '../../transport/address.ts';
import { bootstrapOf, kafkaFaults, requestTimeoutMs, unavailable } from './brokers.ts';
import type { KafkaLibrary } from './library.ts';
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
 * @throws SheafError BODY_TOO_LARGE; LOG_UNAVAILABLE where it was closed meanwhile: it may have been recorded
 */
export type Produce = (productions: readonly Production[]) => Promise<number[]>;

/** Kafka numbers the records of a producer for each partition with 31 bits, and the library does not begin anew. */
const recordsMax = 2 ** 30;

export class Producing {
  private readonly library: KafkaLibrary;
  private readonly options: { readonly bootstrap: readonly Address[]; readonly clientId: string };
  private producer: InstanceType<KafkaLibrary['Producer']> | null = null;
  private records = 0;
  private last: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(library: KafkaLibrary, options: { readonly bootstrap: readonly Address[]; readonly clientId: string }) {
    this.library = library;
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

  async close(): Promise<void> {
    this.closed = true;
    await this.producer?.close(true).catch(() => undefined);
  }

  private async send(productions: readonly Production[]): Promise<number[]> {
    if (this.closed) throw unavailable('the log was closed');
    const messages = productions.flatMap(({ place, records }) =>
      records.map(({ key, value, headed }) => ({
        topic: place.topic,
        partition: place.number,
        key: key as Buffer,
        value: value as Buffer,
        ...(headed === undefined ? {} : { headers: new Map(headed) }),
      })),
    );
    const producer = await this.openFor(messages.length);
    try {
      const { offsets = [] } = await producer.send({ messages, acks: -1 });
      const found = new Map(offsets.map(({ topic, partition, offset }) => [`${topic} ${partition}`, Number(offset)]));
      return productions.map(({ place }) => {
        const offset = found.get(`${place.topic} ${place.number}`);
        if (offset === undefined) throw unavailable(`no offset was told of ${place.topic} ${place.number}`);
        return offset;
      });
    } catch (error) {
      throw this.faultOf(error, productions);
    }
  }

  private async openFor(count: number): Promise<InstanceType<KafkaLibrary['Producer']>> {
    if (this.producer !== null && this.records + count > recordsMax) {
      await this.producer.close(true);
      this.producer = null;
    }
    if (this.producer === null) this.records = 0;
    this.records += count;
    const { bootstrap, clientId } = this.options;
    this.producer ??= new this.library.Producer({
      clientId,
      bootstrapBrokers: bootstrapOf(bootstrap),
      idempotent: true,
      retries: true,
      retryDelay: 100,
      timeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectTimeout: 2000,
    });
    return this.producer;
  }

  private faultOf(error: unknown, productions: readonly Production[]): SheafError {
    const by = (code: number) => this.library.findErrorBy(error as Error, 'apiCode', code) !== null;
    if (!by(kafkaFaults.messageTooLarge) && !by(kafkaFaults.recordListTooLarge)) {
      return unavailable(error instanceof Error ? error.message : String(error), error);
    }
    const sizes = productions.map(({ records }) => records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0));
    return new SheafError('BODY_TOO_LARGE', { detail: { actualBytes: Math.max(...sizes) }, cause: error });
  }
}
