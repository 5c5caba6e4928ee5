/** `sheaf entry`: what stands in the log at an offset, and leaving it out. Touches the world: sockets. */
import { randomUUID } from 'node:crypto';
import type { EntryConfig } from '../../shared/config/read.ts';
import { SheafError } from '../../shared/errors.ts';
import { readCatalogOffset, readEntries, versionOf } from '../../shared/log/batch.ts';
import { readServiceAccount } from '../../shared/discovery/kubernetes/service-account.ts';
import { findLog } from '../../shared/log/connect.ts';
import { entryNotFound, type Log, type LogBatch } from '../../shared/log/log.ts';
import { readSecretOf } from '../../shared/secret/secret-file.ts';
import { UnreachableError } from '../client/answer-error.ts';
import { RootClient } from '../client/client.ts';
import { CommandFailure, failureLine } from '../failure.ts';
import { refusalToSkip, type Readers } from './readers.ts';

const answerMsMax = 10_000;
/** Of a body, or of bytes that are no batch. */
const shownBytesMax = 64;
const entriesShownMax = 20;

/**
 * Shows the batch that has the entry, and with `--skip` has it left out by everybody who reads the log: where a root says that
 * a reader stands still before it and none has read it, or, with `--force`, whatever it says, or if none answers.
 *
 * @returns exit code 0
 * @throws CommandFailure, SheafError ENTRY_NOT_FOUND, ENTRY_NOT_STOPPED, ENTRY_READ_BY_SOME, LOG_UNAVAILABLE
 */
export async function entry(
  config: EntryConfig,
  environment: Readonly<Record<string, string | undefined>>,
  partition: string,
  offsetText: string,
  say: (line: string) => void,
): Promise<number> {
  const offset = Number(offsetText);
  if (!/^\d+$/.test(offsetText) || !Number.isSafeInteger(offset)) {
    throw new CommandFailure(`the offset must be a whole number, not ${offsetText}`);
  }
  const random = Math.random;
  const serviceAccount = async () => await readServiceAccount(environment);
  const place = { source: config.log, kafkaWriter: null, onFault: say };
  const connect = await findLog(place, { random, serviceAccount });
  const log = connect({ secret: readSecretOf(config), producer: randomUUID() });
  try {
    const batch = await readBatch(log, partition, offset);
    for (const line of batchLines(batch)) say(line);
    if (!config.skip || batch.skipped === true) return 0;
    const refusal = await refusalOf(config.url, batch);
    if (refusal !== null && !config.force) throw refusal;
    if (refusal !== null) say(`forced, although ${failureLine(refusal)}`);
    const { firstOffset, lastOffset } = await log.skip(partition, offset, { timeoutMs: answerMsMax });
    say(
      `left out from now on: ${partition} ${firstOffset} to ${lastOffset}; readers that stood before it go on within seconds`,
    );
    return 0;
  } finally {
    await log.close();
  }
}

async function readBatch(log: Log, partition: string, offset: number): Promise<LogBatch> {
  const [head] = await log.heads([partition], { timeoutMs: answerMsMax });
  if (head! < offset) throw entryNotFound(partition, offset);
  const { promise, resolve, reject } = Promise.withResolvers<LogBatch>();
  const timer = setTimeout(() => {
    reject(new SheafError('LOG_UNAVAILABLE', { detail: { reason: `no answer in ${answerMsMax} ms` } }));
  }, answerMsMax);
  const subscription = log.subscribe(partition, offset, resolve, reject);
  try {
    const batch = await promise;
    if (batch.firstOffset > offset) throw entryNotFound(partition, offset);
    return batch;
  } finally {
    clearTimeout(timer);
    subscription.close();
  }
}

/** Why the batch should not be left out: what a root says of its readers, or that it could not be asked. */
async function refusalOf(url: string, batch: LogBatch): Promise<SheafError | CommandFailure | null> {
  const client = new RootClient(url);
  const signal = AbortSignal.timeout(answerMsMax);
  try {
    const answer = (await client.ask({ method: 'GET', path: '/v1/cluster', signal })) as Partial<Readers>;
    const { stopped, leaves, indexes } = answer;
    if (stopped !== undefined && leaves !== undefined && indexes !== undefined) {
      return refusalToSkip({ stopped, leaves, indexes }, batch);
    }
    return unknownReaders(`what answers at ${url} is no root`);
  } catch (error) {
    if (!signal.aborted && !(error instanceof CommandFailure)) throw error;
    return unknownReaders(signal.aborted ? new UnreachableError(url, error).message : failureLine(error)!);
  } finally {
    await client.close();
  }
}

function unknownReaders(reason: string): CommandFailure {
  return new CommandFailure(
    `who has read the entry is not known: ${reason}; with --force it is left out all the same, and replicas that have read it ` +
      'differ from the others for good',
  );
}

/** Pure. */
export function batchLines({ partition, firstOffset, count, bytes, skipped }: LogBatch): string[] {
  const place = `${partition} ${firstOffset} to ${firstOffset + count - 1}`;
  if (skipped === true) return [`${place}: left out`];
  const lines = [`${place}: ${count} entries, ${bytes.length} bytes, version ${versionOf(bytes) ?? 'none'}`];
  try {
    lines.push(`checked against the catalog at ${readCatalogOffset(bytes)}`);
    let offset = firstOffset;
    for (const { kind, key, body } of readEntries(bytes)) {
      if (offset - firstOffset === entriesShownMax) {
        lines.push('…');
        break;
      }
      lines.push(`${offset++} ${kind} ${JSON.stringify(key)} ${shownText(body)}`.trimEnd());
    }
  } catch (error) {
    if (!(error instanceof SheafError)) throw error;
    lines.push(error.toLine(), shownBytes(bytes));
  }
  return lines;
}

function shownText(body: Uint8Array): string {
  const text = JSON.stringify(Buffer.from(body.subarray(0, shownBytesMax)).toString()).slice(1, -1);
  return body.length > shownBytesMax ? `${text}…` : text;
}

function shownBytes(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.subarray(0, shownBytesMax)).toString('hex');
  return bytes.length > shownBytesMax ? `${hex}…` : hex;
}
