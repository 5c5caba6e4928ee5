/** What the partitions of a log are called in Kafka. Pure. */
import { catalogPartition, claimsPartition, jobsPartition, leasesPartition, sourcesPartition } from '../log.ts';

/** A partition of a topic. */
export interface Place {
  readonly topic: string;
  readonly number: number;
}

/** Topics of the log itself, which are no partitions of it. */
export const metaName = 'meta';
export const decisionsName = 'decisions';

/** Partitions of which nothing is ever decided: what is appended to one goes there by itself. */
export const undecidedPartitions: readonly string[] = [catalogPartition, leasesPartition, claimsPartition];

/** Partitions that are there from the beginning. Steps of jobs and of sources are parts of what is appended with them. */
export const partitionsOfLog: readonly string[] = [...undecidedPartitions, jobsPartition, sourcesPartition];

const plainPattern = /^[A-Za-z0-9_-]{1,100}$/;
const numberPattern = /^(?:0|[1-9]\d{0,5})$/;

/** The topic of all partitions of an index. */
export function indexTopic(log: string, indexId: string): string {
  return `${log}.index.${indexId}`;
}

export function plainTopic(log: string, name: string): string {
  return `${log}.${name}`;
}

/** The id of the index of which this is the topic, or undefined. */
export function indexOfTopic(log: string, topic: string): string | undefined {
  const prefix = indexTopic(log, '');
  return topic.startsWith(prefix) ? topic.slice(prefix.length) : undefined;
}

/**
 * Where a partition of the log is: `ID/NUMBER` in the topic of the index, any other name in a topic of its own.
 * @throws RangeError for a name that no partition has
 */
export function placeOf(log: string, partition: string): Place {
  const slash = partition.lastIndexOf('/');
  const [name, number] = slash < 0 ? [partition, '0'] : [partition.slice(0, slash), partition.slice(slash + 1)];
  const isOwn = slash < 0 && (name === metaName || name === decisionsName);
  if (!plainPattern.test(name) || !numberPattern.test(number) || isOwn) {
    throw new RangeError(`a partition named ${JSON.stringify(partition)}`);
  }
  return { topic: slash < 0 ? plainTopic(log, name) : indexTopic(log, name), number: Number(number) };
}
