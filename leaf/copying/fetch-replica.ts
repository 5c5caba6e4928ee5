/** Reads the files of a replica from another leaf into a folder. Touches the world: HTTP and files. */
import { createWriteStream } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SheafError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret/proof.ts';
import { formatAddress, type Address } from '../../shared/transport/address.ts';
import { askPeer, type HttpAnswer } from '../../shared/transport/outgoing.ts';
import { readFileList, type FileList, type HeldFile } from './file-list.ts';

export interface FetchOptions {
  readonly from: Address;
  readonly indexId: string;
  readonly shard: number;
  /** Does not exist yet. */
  readonly folder: string;
  /** Identity of the log of this leaf; null where it has not met one. */
  readonly cluster: string | null;
  /** See Copier. */
  readonly secret: Secret | undefined;
  readonly signal: AbortSignal;
}

/** A leaf that says nothing for so long is given up, and asked again from where it was. */
const silentMs = 10_000;
/** How often in a row a file is asked for again without a byte more of it. */
const fruitlessMax = 4;
const pauseMs = 250;
const writeBytes = 1024 * 1024;

/**
 * Resolves to the bytes read once every file is here, durably. The folder is gone if it fails.
 * @throws SheafError SECRET_WRONG, LEAF_UNREACHABLE, LEAF_FOREIGN, what the leaf answers; what the file system throws; after the signal
 *   whatever was under way
 */
export async function fetchReplica(options: FetchOptions): Promise<number> {
  const list = await fetchList(options);
  try {
    await mkdir(options.folder, { recursive: true });
    let bytes = 0;
    for (const file of list.files) bytes += await fetchFile(options, list.hold, file);
    return bytes;
  } catch (error) {
    await rm(options.folder, { recursive: true, force: true });
    throw error;
  } finally {
    await release(options, list.hold);
  }
}

async function fetchList(options: FetchOptions): Promise<FileList> {
  const { statusCode, body } = await ask(options, 'GET', '');
  const list = statusCode === 200 ? readFileList(await body.json()) : undefined;
  if (list === undefined) throw unreachable(options, `answered ${statusCode}: ${await textOf(body)}`);
  const { cluster } = list;
  if (cluster !== null && options.cluster !== null && cluster !== options.cluster) {
    throw new SheafError('LEAF_FOREIGN', { detail: { expected: options.cluster, actual: cluster } });
  }
  return list;
}

/** Reads on where a broken connection left off, as long as each try brings something. */
async function fetchFile(options: FetchOptions, hold: string, { name, sizeBytes }: HeldFile): Promise<number> {
  const path = join(options.folder, name);
  await (await open(path, 'w')).close();
  let fruitless = 0;
  for (let have = 0; have < sizeBytes; have = (await stat(path)).size) {
    const fault = await fetchFrom(options, `/${name}?hold=${hold}`, path, have).catch((error: unknown) => error);
    if (options.signal.aborted || isFinal(fault)) throw fault;
    fruitless = (await stat(path)).size > have ? 0 : fruitless + 1;
    if (fruitless > fruitlessMax) throw unreachable(options, `${name} does not come: ${String(fault)}`);
    if (fault !== undefined) await sleep(pauseMs, undefined, { signal: options.signal });
  }
  const actual = (await stat(path)).size;
  if (actual !== sizeBytes) throw unreachable(options, `${name} has ${actual} bytes in place of ${sizeBytes}`);
  await sync(path);
  return sizeBytes;
}

async function fetchFrom(options: FetchOptions, rest: string, path: string, have: number): Promise<void> {
  const { statusCode, headers, body } = await ask(options, 'GET', rest, { range: `bytes=${have}-` });
  if (statusCode !== 206 || headers['content-range']?.toString().startsWith(`bytes ${have}-`) !== true) {
    throw unreachable(options, `answered ${statusCode}: ${await textOf(body)}`);
  }
  await pipeline(body, createWriteStream(path, { flags: 'a', highWaterMark: writeBytes }), { signal: options.signal });
}

/** What asking again does not cure: the files are not held any more, or this leaf's own disk. */
function isFinal(fault: unknown): boolean {
  if (fault instanceof SheafError) return true;
  const code = fault instanceof Error && 'code' in fault ? fault.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS' || code === 'EIO';
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A leaf that is not told lets go by itself later. */
async function release(options: FetchOptions, hold: string): Promise<void> {
  const released = ask({ ...options, signal: AbortSignal.timeout(silentMs) }, 'DELETE', `?hold=${hold}`);
  await released.then(({ body }) => body.dump()).catch(() => undefined);
}

async function ask(
  { from, indexId, shard, signal, secret }: FetchOptions,
  method: 'GET' | 'DELETE',
  rest: string,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  const path = `/v1/replicas/${encodeURIComponent(indexId)}/${shard}/files${rest}`;
  return await askPeer(from, { method, path, headers, signal, silentMs, secret });
}

const textMax = 300;

async function textOf(body: HttpAnswer['body']): Promise<string> {
  return (await body.text().catch(() => '')).slice(0, textMax);
}

function unreachable({ from, indexId, shard }: FetchOptions, reason: string): SheafError {
  return new SheafError('LEAF_UNREACHABLE', {
    detail: { address: formatAddress(from), index: indexId, shard, reason },
  });
}
