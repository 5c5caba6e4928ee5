/** The parse worker and the write requests it works on. Touches the world: a worker thread. */
import { Worker } from 'node:worker_threads';
import { asSheafError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log/log.ts';
import type { BulkOptions } from './bulk-router.ts';
import { packMessages, type Message, type MessageRules } from './messages.ts';
import type { FromWorker, ToWorker } from './route-messages.ts';
import { WriteJob, type WriteResult, type WriteTarget } from './write-job.ts';

/** Larger pieces of a body are cut, so that the worker's turns stay short. */
const chunkBytesMax = 256 * 1024;

/** What is written: the documents of a body, or the deletion of one. */
export type WriteSource =
  | { readonly kind: 'body'; readonly body: AsyncIterable<Buffer> }
  | { readonly kind: 'delete'; readonly key: string };

export class WriteJobs {
  private readonly worker: Worker;
  private readonly log: Log;
  private readonly jobs = new Map<number, WriteJob>();
  private lastJob = 0;

  /** @param onCrash the worker ended by an error: nothing can be written any more */
  constructor(log: Log, onCrash: (error: unknown) => void) {
    this.log = log;
    this.worker = new Worker(new URL('./parse-worker.ts', import.meta.url));
    this.worker.on('message', (message: FromWorker) => this.jobs.get(message.job)?.receive(message));
    this.worker.on('error', onCrash);
  }

  /**
   * Runs one request to its end: resolves when all that was accepted is durable.
   * @param target see WriteTarget
   */
  async run(options: BulkOptions, source: WriteSource, target: Omit<WriteTarget, 'log'>): Promise<WriteResult> {
    return await this.work(options, target, async (number, job) => {
      if (source.kind === 'delete') this.post({ kind: 'delete', job: number, key: source.key });
      else await this.sendBody(number, job, source.body);
    });
  }

  /** As `run`, with messages of one partition of a topic, of which the offsets stand for lines. */
  async runMessages(
    options: BulkOptions,
    { messages, rules }: { readonly messages: readonly Message[]; readonly rules: MessageRules },
    target: Omit<WriteTarget, 'log'>,
  ): Promise<WriteResult> {
    return await this.work(options, target, async (job) => {
      const packed = packMessages(messages);
      this.post({ kind: 'messages', job, packed, rules }, [packed.columns.buffer, packed.bytes.buffer]);
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private async work(
    options: BulkOptions,
    target: Omit<WriteTarget, 'log'>,
    send: (number: number, job: WriteJob) => Promise<void>,
  ): Promise<WriteResult> {
    const number = ++this.lastJob;
    const job = new WriteJob({ log: this.log, ...target }, (now) => this.post({ kind: 'resume', job: number, ...now }));
    this.jobs.set(number, job);
    this.post({ kind: 'begin', job: number, options });
    try {
      await send(number, job);
      this.post({ kind: 'end', job: number });
    } catch (error) {
      // The body could not be read to its end.
      job.noteFault(asSheafError(error));
    }
    const result = await job.finish();
    this.jobs.delete(number);
    this.post({ kind: 'abort', job: number });
    return result;
  }

  private async sendBody(number: number, job: WriteJob, body: AsyncIterable<Buffer>): Promise<void> {
    for await (const piece of body) {
      for (let at = 0; at < piece.length; at += chunkBytesMax) {
        if (job.hasFault) return;
        const bytes = new Uint8Array(piece.subarray(at, at + chunkBytesMax));
        job.noteChunkSent();
        this.post({ kind: 'chunk', job: number, bytes }, [bytes.buffer]);
        await job.room();
      }
    }
  }

  private post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transfer);
  }
}
