/**
 * Reads the heads of partitions for the replicas of a leaf. One request is under way at a time: what is asked meanwhile goes together in
 * the next, so that a leaf that opens thousands of replicas asks a few times, and one that opens a single one does not wait. Pure over
 * the log.
 */
import type { Log } from '../../shared/log/log.ts';

/** While the log is down a leaf that starts is ready this much later. */
const headTimeoutMs = 1000;
/** Their names are a header of some hundred kilobytes. */
const partitionsMax = 4096;

interface Waiting extends PromiseWithResolvers<number> {
  readonly partition: string;
}

export class HeadReader {
  private readonly log: Pick<Log, 'heads'>;
  private waiting: Waiting[] = [];
  private isAsking = false;

  constructor(log: Pick<Log, 'heads'>) {
    this.log = log;
  }

  /** The offset of the last entry, −1 where there is none. @throws SheafError LOG_UNAVAILABLE */
  read(partition: string): Promise<number> {
    const waiting: Waiting = { partition, ...Promise.withResolvers<number>() };
    this.waiting.push(waiting);
    if (!this.isAsking) void this.ask();
    return waiting.promise;
  }

  private async ask(): Promise<void> {
    this.isAsking = true;
    while (this.waiting.length > 0) {
      const asked = this.waiting.splice(0, partitionsMax);
      try {
        const partitions = asked.map(({ partition }) => partition);
        const heads = await this.log.heads(partitions, { timeoutMs: headTimeoutMs });
        for (const [i, { resolve }] of asked.entries()) resolve(heads[i]!);
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.isAsking = false;
  }
}
