/**
 * Objects in a bucket of a service that speaks S3, through `s3mini`. Touches the world: HTTP.
 *
 * A swap is a PUT with `If-Match`, or `If-None-Match: *` for the first. Its answer may be lost: what is refused is read back,
 * and where the object is what was to be written, this writer wrote it, since no two states have the same bytes. Files go
 * in parts of `partBytes`, each asked again by itself; what is left of parts that never became an object is aborted.
 */
import { createHash } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { S3mini, S3ServiceError } from 's3mini';
import { SheafError } from '../errors.ts';
import { checkKey, conflict, corrupt, missing } from './object-store.ts';
import type { FileContent, ObjectStore, StoredVersion, TransferOptions, Unfinished } from './object-store.ts';
import { retrying, type RetryWorld } from './retrying.ts';

export interface S3Options {
  readonly bucket: string;
  /** Before every key: '' or without a slash at either end. */
  readonly prefix: string;
  /** Of the service, such as https://s3.eu-central-1.amazonaws.com. */
  readonly endpoint: URL;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly world: RetryWorld;
  /** Bytes of a part, at least 5 MiB where the service is Amazon's. Default 8 MiB. */
  readonly partBytes?: number;
}

const partBytesDefault = 8 * 1024 * 1024;
const requestTimeoutMs = 60_000;
const removedAtOnce = 500;
const listedAtOnce = 1000;
const octets = 'application/octet-stream';

export class S3Store implements ObjectStore {
  readonly place: string;
  private readonly client: S3mini;
  private readonly prefix: string;
  private readonly partBytes: number;
  private readonly world: RetryWorld;

  constructor(options: S3Options) {
    const { bucket, prefix, endpoint, region, accessKeyId, secretAccessKey } = options;
    this.place = `s3://${[bucket, prefix].filter((part) => part !== '').join('/')}`;
    this.prefix = prefix === '' ? '' : `${prefix}/`;
    this.partBytes = options.partBytes ?? partBytesDefault;
    this.world = options.world;
    this.client = new S3mini({
      accessKeyId,
      secretAccessKey,
      region,
      endpoint: `${endpoint.href.replace(/\/$/, '')}/${bucket}`,
      requestAbortTimeout: requestTimeoutMs,
    });
  }

  async read(key: string): Promise<StoredVersion | null> {
    const path = this.path(key);
    const { etag, data } = await this.ask(() => this.client.getObjectWithETag(path));
    return etag === null || data === null ? null : { bytes: new Uint8Array(data), version: etag };
  }

  async swap(key: string, bytes: Uint8Array, expected: string | null): Promise<string> {
    const path = this.path(key);
    const condition = expected === null ? { 'if-none-match': '*' } : { 'if-match': `"${expected}"` };
    const headers = { ...condition, ...checksumOf(bytes) };
    const written = await this.ask(async () => {
      try {
        const { headers: answered } = await this.client.putObject(path, bytes, octets, undefined, headers);
        return this.client.sanitizeETag(answered.get('etag') ?? '');
      } catch (error) {
        // 404: there is nothing that could match. 409: another replaces it at this moment.
        if (error instanceof S3ServiceError && [404, 409, 412].includes(error.status) && !isNoBucket(error))
          return null;
        throw error;
      }
    });
    if (written !== null && written !== '') return written;
    const now = await this.read(key);
    if (now !== null && Buffer.compare(now.bytes, bytes) === 0) return now.version;
    throw conflict(this.place, key);
  }

  async putFile(key: string, from: string, content: FileContent, options: TransferOptions): Promise<void> {
    const path = this.path(key);
    const file = await open(from, 'r');
    try {
      const { size } = await file.stat();
      if (size !== content.sizeBytes) throw corrupt(this.place, key, `${size} bytes in place of ${content.sizeBytes}`);
      if (size <= this.partBytes) await this.putWhole(path, file, content, options);
      else await this.putParts(path, file, content, options);
    } finally {
      await file.close();
    }
  }

  async getFile(key: string, path: string, content: FileContent, { signal, admit }: TransferOptions): Promise<void> {
    const from = this.path(key);
    const file = await open(path, 'wx');
    try {
      const hash = createHash('sha256');
      for (let have = 0; have < content.sizeBytes; have += this.partBytes) {
        signal.throwIfAborted();
        const end = Math.min(have + this.partBytes, content.sizeBytes);
        await admit?.(end - have);
        const part = await this.ask(() => this.readRange(from, have, end));
        if (part === null) throw missing(this.place, key);
        if (part.length !== end - have) throw corrupt(this.place, key, `it ends at byte ${have + part.length}`);
        hash.update(part);
        await file.writeFile(part);
      }
      if (hash.digest('hex') !== content.sha256) throw corrupt(this.place, key, 'another SHA-256');
      await file.sync();
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  }

  async *list(prefix: string): AsyncIterable<string> {
    let next: string | undefined;
    do {
      const from = next;
      const page = await this.ask(() =>
        this.client
          .listObjectsPaged('/', this.prefix + prefix, listedAtOnce, from)
          .then((answered) => answered ?? null),
      );
      for (const { Key } of page?.objects ?? []) yield Key.slice(this.prefix.length);
      next = page?.nextContinuationToken;
    } while (next !== undefined);
  }

  async remove(keys: readonly string[]): Promise<void> {
    const paths = keys.map((key) => this.path(key));
    for (let start = 0; start < paths.length; start += removedAtOnce) {
      const some = paths.slice(start, start + removedAtOnce);
      await this.ask(() => this.client.deleteObjects(some));
    }
  }

  /** Parts that never became an object are deleted by a rule of the bucket (AbortIncompleteMultipartUpload). */
  async unfinished(): Promise<readonly Unfinished[]> {
    return await Promise.resolve([]);
  }

  async removeUnfinished(): Promise<void> {
    await Promise.resolve();
  }

  private async putWhole(
    path: string,
    file: FileHandle,
    content: FileContent,
    { signal, admit }: TransferOptions,
  ): Promise<void> {
    const bytes = await readPart(file, 0, content.sizeBytes);
    this.prove(path, content, createHash('sha256').update(bytes).digest('hex'));
    signal.throwIfAborted();
    await admit?.(bytes.length);
    await this.ask(() => this.client.putObject(path, bytes, octets, undefined, checksumOf(bytes)));
  }

  /** What is put is proved before it becomes an object: a file that changed meanwhile is aborted. */
  private async putParts(
    path: string,
    file: FileHandle,
    content: FileContent,
    { signal, admit }: TransferOptions,
  ): Promise<void> {
    const upload = await this.ask(() => this.client.getMultipartUploadId(path, octets));
    try {
      const hash = createHash('sha256');
      const parts: { partNumber: number; etag: string }[] = [];
      for (let from = 0; from < content.sizeBytes; from += this.partBytes) {
        signal.throwIfAborted();
        const bytes = await readPart(file, from, Math.min(this.partBytes, content.sizeBytes - from));
        hash.update(bytes);
        await admit?.(bytes.length);
        parts.push(await this.ask(() => this.client.uploadPart(path, upload, bytes, parts.length + 1)));
      }
      this.prove(path, content, hash.digest('hex'));
      await this.ask(() => this.client.completeMultipartUpload(path, upload, parts));
    } catch (error) {
      // The store forgets what is left of it by itself where this fails too, if its bucket is told to.
      await this.client.abortMultipartUpload(path, upload).catch(() => undefined);
      throw error;
    }
  }

  private async readRange(path: string, from: number, to: number): Promise<Buffer | null> {
    try {
      const answer = await this.client.getObjectRaw(path, false, from, to);
      return Buffer.from(await answer.arrayBuffer());
    } catch (error) {
      if (error instanceof S3ServiceError && error.status === 404 && !isNoBucket(error)) return null;
      if (error instanceof S3ServiceError && error.status === 416) return Buffer.alloc(0);
      throw error;
    }
  }

  private path(key: string): string {
    return this.prefix + checkKey(key);
  }

  private prove(key: string, content: FileContent, sha256: string): void {
    if (sha256 !== content.sha256) throw corrupt(this.place, key, 'another SHA-256');
  }

  /** Asks until it is answered, or refused, or `retrying` gives up. */
  private async ask<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await retrying(request, isPassing, this.world);
    } catch (error) {
      if (error instanceof SheafError) throw error;
      const isRefused = error instanceof S3ServiceError && !isPassing(error);
      throw new SheafError(isRefused ? 'STORAGE_REFUSED' : 'STORAGE_UNAVAILABLE', {
        cause: error,
        detail: { place: this.place, reason: reasonOf(error) },
      });
    }
  }
}

/** Whether asking again may help: the network, a service that is busy or ails. */
function isPassing(error: unknown): boolean {
  if (error instanceof SheafError) return false;
  return !(error instanceof S3ServiceError) || error.status >= 500 || error.status === 429 || error.status === 408;
}

function isNoBucket(error: S3ServiceError): boolean {
  return error.serviceCode === 'NoSuchBucket';
}

/** Without what was sent: signatures and keys stay out of messages. */
function reasonOf(error: unknown): string {
  if (error instanceof S3ServiceError) return `${error.status} ${error.serviceCode ?? ''}`.trim();
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return code ?? (cause instanceof Error ? cause.name : String(cause));
}

function checksumOf(bytes: Uint8Array): { 'x-amz-checksum-sha256': string } {
  return { 'x-amz-checksum-sha256': createHash('sha256').update(bytes).digest('base64') };
}

async function readPart(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let have = 0;
  while (have < length) {
    const { bytesRead } = await file.read(bytes, have, length - have, from + have);
    if (bytesRead === 0) break;
    have += bytesRead;
  }
  return bytes.subarray(0, have);
}
