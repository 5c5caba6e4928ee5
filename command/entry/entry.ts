/** `sheaf entry`: what stands in the log at an offset, and leaving it out. Touches the world: sockets. */
import { randomUUID } from 'node:crypto';
import type { EntryConfig } from '../../shared/config/read.ts';
import { SheafError } from '../../shared/errors.ts';
import { readCatalogOffset, readEntries, versionOf } from '../../shared/log/batch.ts';
import { readServiceAccount } from '../../shared/discovery/kubernetes/service-account.ts';
import { findLog } from '../../shared/log/connect.ts';
import { entryNotFound, type Log, type LogBatch } from '../../shared/log/log.ts';
import { readSecretOf } from '../../shared/secret/secret-file.ts';
import { CommandFailure } from '../failure.ts';

const answerMsMax = 10_000;
/** Of a body, or of bytes that are no batch. */
const shownBytesMax = 64;
const entriesShownMax = 20;

/**
 * Shows the batch that has the entry, and with `--skip` has it left out by everybody who reads the log.
 * @returns exit code 0
 * @throws CommandFailure, SheafError ENTRY_NOT_FOUND, LOG_UNAVAILABLE
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
    for (const line of batchLines(await readBatch(log, partition, offset))) say(line);
    if (!config.skip) return 0;
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
