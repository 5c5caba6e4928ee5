/**
 * The claims of this cluster to its place in object storage, as its log has them. Touches the world through the log, and timers.
 *
 * A log and a copy of it have the same name and the same entries up to where the copy was made, and none in common after that. So a claim
 * is an entry: at its offset the log that it was made in has it, and so has a copy that was made later; a copy that was made before has
 * nothing there, or a claim of its own.
 */
import { SheafError } from '../errors.ts';
import type { Token } from '../lease/fence.ts';
import { BatchWriter, readEntries } from '../log/batch.ts';
import { claimsPartition, type Log, type LogBatch } from '../log/log.ts';
import { readClaimEntry, writeClaimEntry } from './claim-entry.ts';

const askTimeoutMs = 2000;
/** Older ones stand at places that nobody has stored at for months. */
const keptClaims = 100_000;
const trimEvery = 1000;

export interface ClaimsOptions {
  readonly log: Pick<Log, 'identity' | 'append' | 'heads' | 'subscribe' | 'trim'>;
  /** Names this incarnation of the process, and no other ever. */
  readonly holder: string;
}

/** What a place asks of them. */
export interface Claims {
  /** Makes one, which every claim made before is below. @throws SheafError LOG_UNAVAILABLE, LOG_FULL */
  add(): Promise<Token>;
  /** The last one that was made, until it is said to be settled; null where there is none. */
  unsettled(): Token | null;
  /** It stands at the place, or a later one of this cluster does. */
  settle(): void;
  /** Whose claim it is. @throws SheafError LOG_UNAVAILABLE */
  ownerOf(claim: Token): Promise<'ours' | 'a copy' | 'another cluster'>;
}

export function openClaims({ log, holder }: ClaimsOptions): Claims {
  let unsettled: Token | null = null;
  return {
    unsettled: () => unsettled,
    settle: () => {
      unsettled = null;
    },
    add: async () => {
      const identity = await log.identity({ timeoutMs: askTimeoutMs });
      const writer = new BatchWriter(-1);
      writer.add('put', '', writeClaimEntry({ holder }));
      const batch = { partition: claimsPartition, count: 1, bytes: writer.finish() };
      const [appended] = await log.append([batch], { timeoutMs: askTimeoutMs });
      const offset = appended!.firstOffset;
      if (offset > keptClaims && offset % trimEvery === 0) await log.trim(claimsPartition, offset - keptClaims);
      unsettled = { log: identity, offset, holder };
      return unsettled;
    },
    ownerOf: async (claim) => {
      if (claim.log !== (await log.identity({ timeoutMs: askTimeoutMs }))) return 'another cluster';
      const [head] = await log.heads([claimsPartition], { timeoutMs: askTimeoutMs });
      const found = head! < claim.offset ? null : await readHolder(log, claim.offset);
      return found === claim.holder ? 'ours' : 'a copy';
    },
  };
}

/** Whose claim stands at an offset, which is not above the head; null where none does. @throws SheafError LOG_UNAVAILABLE */
async function readHolder(log: ClaimsOptions['log'], offset: number): Promise<string | null> {
  const { promise, resolve, reject } = Promise.withResolvers<string | null>();
  const late = setTimeout(() => {
    const reason = `a claim was not read in ${askTimeoutMs} ms`;
    reject(new SheafError('LOG_UNAVAILABLE', { detail: { reason } }));
  }, askTimeoutMs);
  const take = (batch: LogBatch): void => {
    try {
      resolve(holderIn(batch, offset));
    } catch (error) {
      reject(error);
    }
  };
  const subscription = log.subscribe(claimsPartition, offset, take, reject);
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    subscription.close();
  }
}

function holderIn({ firstOffset, bytes }: LogBatch, offset: number): string | null {
  const entry = [...readEntries(bytes)][offset - firstOffset];
  return entry === undefined ? null : readClaimEntry(entry.kind, entry.body).holder;
}
