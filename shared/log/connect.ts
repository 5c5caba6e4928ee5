/** Connects to a log wherever it is: a process of its own, or Kafka. Touches the world: sockets and timers. */
import type { KafkaSource, LogSource } from '../discovery/log-source.ts';
import { locateLog } from '../discovery/locate-log.ts';
import type { DiscoveryWorld } from '../discovery/start.ts';
import { BasedLog, raisedHeads } from './based-log.ts';
import { connectLog, type LogClientOptions } from './client.ts';
import { connectKafkaLog } from './kafka/kafka-log.ts';
import { loadKafka } from './kafka/library.ts';
import type { WriterSettings } from './kafka/open.ts';
import type { Log } from './log.ts';

export type ConnectOptions = Omit<LogClientOptions, 'address' | 'random'>;

export interface LogPlace {
  readonly source: LogSource;
  /** Of Kafka alone: what a process has to know that makes its topics. Null in one that makes nothing. */
  readonly kafkaWriter: WriterSettings | null;
  /** Told once when it cannot be found out where the log is; it is asked for again. */
  readonly onFault: (reason: string) => void;
}

/**
 * Finds out how a log is reached. Nothing is connected before what is given is called.
 * @throws SheafError CONFIG_INVALID for a service of Kubernetes, outside of a pod
 */
export async function findLog(place: LogPlace, world: DiscoveryWorld): Promise<(options: ConnectOptions) => Log> {
  const { source, kafkaWriter, onFault } = place;
  if ('kafka' in source) return (options) => based(options, (beneath) => connectKafka(source, kafkaWriter, beneath));
  const address = await locateLog(source, world, onFault);
  return (options) => based(options, (beneath) => connectLog({ address, random: world.random, ...beneath }));
}

/** A log of which every offset is told from the base of its partition. */
function based(options: ConnectOptions, connect: (beneath: ConnectOptions) => Log): Log {
  const { onHeads } = options;
  return new BasedLog(
    connect(onHeads === undefined ? options : { ...options, onHeads: (word) => onHeads(raisedHeads(word)) }),
  );
}

function connectKafka({ kafka, name }: KafkaSource, writer: WriterSettings | null, options: ConnectOptions): Log {
  const { identity, producer, onIdentity, onStateChange, onHeads, onLost, onSubscriptionFailure } = options;
  return connectKafkaLog({
    brokers: kafka,
    name,
    identity,
    writer,
    clientId: `sheaf-${producer}`,
    now: () => performance.now(),
    load: loadKafka,
    ...(onIdentity === undefined ? {} : { onIdentity }),
    ...(onStateChange === undefined ? {} : { onStateChange }),
    ...(onHeads === undefined ? {} : { onHeads }),
    ...(onLost === undefined ? {} : { onLost }),
    ...(onSubscriptionFailure === undefined ? {} : { onSubscriptionFailure }),
  });
}
