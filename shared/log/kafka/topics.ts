/** The topics of a log: made when they are needed first, and known by their ids from then on. Touches the world through the brokers. */
import { SheafError } from '../../errors.ts';
import { unavailable, type Brokers, type Topic, type TopicSettings } from './brokers.ts';
import type { MetaFollower } from './meta-follower.ts';

const looksMax = 10;
const lookAgainMs = 100;

export class Topics {
  private readonly brokers: Brokers;
  private readonly meta: MetaFollower;
  private readonly settings: TopicSettings;
  /** Those that no broker knew when they were looked for last. */
  private readonly lost = new Set<string>();
  /** Being made, by name. */
  private readonly making = new Map<string, Promise<void>>();

  constructor(brokers: Brokers, meta: MetaFollower, settings: TopicSettings) {
    this.brokers = brokers;
    this.meta = meta;
    this.settings = settings;
  }

  /**
   * A topic of this log as it is; undefined where it was never made.
   * @throws SheafError LOG_REPLACED where another has its name, or it has other partitions; LOG_UNAVAILABLE where it is not there, or was removed
   */
  async find(name: string): Promise<Topic | undefined> {
    const made = this.meta.table.madeOf(name);
    if (made === undefined && this.meta.table.isRemoved(name)) throw unavailable(`topic ${name} was removed`);
    if (made === undefined) return undefined;
    const topic = (await this.brokers.find([name])).get(name) ?? (await this.lookAgain(name));
    // One that is lost is never made again.
    if (topic === undefined) this.lost.add(name);
    else this.lost.delete(name);
    if (topic === undefined) throw unavailable(`topic ${name} is not there`);
    if (topic.id === made.id && topic.leaders.length === made.partitions) return topic;
    const detail = { topic: name, expected: made.id, found: topic.id, partitions: topic.leaders.length };
    throw new SheafError('LOG_REPLACED', { detail });
  }

  /**
   * Makes topics that are not there, or takes part in making them: of several who do, one is the first.
   * @throws SheafError as `find`
   */
  async make(topics: readonly { readonly name: string; readonly partitions: number }[]): Promise<void> {
    const { table } = this.meta;
    const missing = topics.filter(({ name }) => table.madeOf(name) === undefined && !table.isRemoved(name));
    const fresh = missing.filter(({ name }) => !this.making.has(name));
    if (fresh.length > 0) {
      const made = this.makeFresh(fresh).finally(() => {
        for (const { name } of fresh) this.making.delete(name);
      });
      for (const { name } of fresh) this.making.set(name, made);
    }
    await Promise.all(missing.map(async ({ name }) => await this.making.get(name)));
  }

  /** Removes a topic for good. Repeated, it does nothing. */
  async remove(name: string): Promise<void> {
    if (this.meta.table.madeOf(name) === undefined) return;
    await this.brokers.remove(name);
    await this.meta.write({ kind: 'removed', topic: name });
  }

  /** Brokers learn of a topic one after the other: one that does not know it may be the last. Not of a topic that was looked for in vain before. */
  private async lookAgain(name: string): Promise<Topic | undefined> {
    let found: Topic | undefined;
    for (let attempt = 1; found === undefined && attempt <= looksMax && !this.lost.has(name); attempt++) {
      await new Promise<void>((resolve) => void setTimeout(resolve, lookAgainMs));
      found = (await this.brokers.find([name], true)).get(name);
    }
    return found;
  }

  private async makeFresh(topics: readonly { readonly name: string; readonly partitions: number }[]): Promise<void> {
    const names = topics.map(({ name }) => name);
    await this.brokers.create(topics, this.settings);
    const found = await this.brokers.find(names);
    for (const { name, partitions } of topics) {
      const topic = found.get(name);
      if (topic === undefined) throw unavailable(`topic ${name} was made and is not there`);
      await this.meta.write({ kind: 'made', topic: name, id: topic.id, partitions });
    }
  }
}
