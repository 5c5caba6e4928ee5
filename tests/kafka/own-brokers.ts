/** The brokers of `npm run test:kafka`, which tests may kill and pause; others that tests were given they may not. */
import { skipWithoutKafka } from '../../shared/log/kafka/kafka.fixture.ts';
import type { BrokerPlace } from './broker.ts';

export const ownBrokers = JSON.parse(process.env['SHEAF_TEST_KAFKA_PLACES'] ?? '[]') as readonly BrokerPlace[];

/** Why tests that need so many of them at least do not run, or false. @throws Error where CI has a Kafka, and not as many */
export function skipWithoutOwnBrokers(least: number): string | false {
  if (ownBrokers.length >= least) return false;
  if (skipWithoutKafka !== false) return skipWithoutKafka;
  if (process.env['CI'] === 'true') throw new Error(`${least} brokers are needed, and ${ownBrokers.length} are there`);
  return `there are ${ownBrokers.length} brokers that a test may kill: npm run test:kafka -- --brokers ${least} starts ${least}`;
}
