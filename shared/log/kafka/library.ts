/** The client library of Kafka, loaded where a log is over Kafka and nowhere else. Touches the world: its connections are its own. */
import type * as kafka from '@platformatic/kafka';

export type KafkaLibrary = typeof kafka;

export async function loadKafka(): Promise<KafkaLibrary> {
  return await import('@platformatic/kafka');
}
