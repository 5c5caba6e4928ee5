/** A log over the Kafka that the tests were given, if they were given one. Touches the world: sockets. */
import { randomBytes } from 'node:crypto';
import { parseAddress } from '../../transport/address.ts';
import type { Log } from '../log.ts';
import { connectKafkaLog, type KafkaLogOptions } from './kafka-log.ts';
import { loadKafka } from './library.ts';
import type { WriterSettings } from './open.ts';

/** `HOST:PORT` of brokers, with commas, which tests may fill; `npm run test:kafka` starts them and sets it. */
const given = process.env['SHEAF_TEST_KAFKA'] ?? '';

/** Why tests of Kafka do not run, or false. */
export const skipWithoutKafka =
  given === '' && 'there is no Kafka broker: npm run test:kafka starts some, and runs the tests that need it';

const kafkaBrokers = given === '' ? [] : given.split(',').map((text) => parseAddress(text)!);

/** Copies on as many brokers as there are, of which one may be lost where there are three. */
export const writerSettings: WriterSettings = {
  replication: kafkaBrokers.length,
  minInSync: Math.min(2, kafkaBrokers.length),
  idempotencyRetentionMs: 3_600_000,
  indexTopicsMax: 100,
};

/** Of a log that nobody else has. */
export function freshLogName(): string {
  return `test-${randomBytes(6).toString('hex')}`;
}

export function openKafkaLog(options: Partial<KafkaLogOptions> & { readonly name: string }): Log {
  return connectKafkaLog({
    brokers: kafkaBrokers,
    identity: undefined,
    writer: writerSettings,
    clientId: 'sheaf-test',
    now: () => performance.now(),
    load: loadKafka,
    ...options,
  });
}
