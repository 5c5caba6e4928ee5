/**
 * Objects in a folder of a file system that all who use it have mounted. Touches the world: files.
 *
 * What is put is a file under its key. What is swapped is a folder KEY.versions with a file for each version, by number:
 * version n + 1 is linked into place, which of several that replace version n only one can do. The highest is the object.
 * The last `versionsKept` stay: a writer whose link went in below what was deleted by then finds that so many followed,
 * and has replaced nothing, since the highest was another before it began.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, open, readdir, readFile, rename, rm, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { SheafError } from '../errors.ts';
import { makeFolder } from './make-folder.ts';
import { checkKey, conflict, corrupt, missing } from './object-store.ts';
import type { FileContent, ObjectStore, StoredVersion, TransferOptions, Unfinished } from './object-store.ts';

export const versionsKept = 16;
const versionsSuffix = '.versions';
const versionName = /^\d+$/;
/** Of names that are no keys. */
const unfinishedFolder = '.unfinished';
const pieceBytes = 1024 * 1024;
const numberDigits = 16;

export class FolderStore implements ObjectStore {
  readonly place: string;
  private readonly folder: string;

  /** @param folder is made where it is not there; as a user writes it: with a slash at its end, with `..` in it */
  constructor(folder: string) {
    this.folder = resolve(folder);
    this.place = `file:${this.folder}`;
  }

  async read(key: string): Promise<StoredVersion | null> {
    return await this.told(async () => {
      // A version that is deleted between the listing and the reading has followers.
      for (;;) {
        const last = await this.lastVersion(key);
        if (last === 0) return null;
        const bytes = await readIfThere(this.versionPath(key, last));
        if (bytes !== null) return { bytes, version: String(last) };
      }
    });
  }

  async swap(key: string, bytes: Uint8Array, expected: string | null): Promise<string> {
    return await this.told(async () => {
      const before = expected === null ? 0 : Number(expected);
      const next = before + 1;
      const folder = this.versionsFolder(key);
      if ((await this.lastVersion(key)) !== before) throw conflict(this.place, key);
      await this.make(folder);
      const written = await this.write(async (file) => {
        await file.writeFile(bytes);
      });
      try {
        await link(written, this.versionPath(key, next));
      } catch (error) {
        if (codeOf(error) === 'EEXIST') throw conflict(this.place, key);
        throw error;
      } finally {
        await unlink(written);
      }
      await syncFolder(folder);
      if ((await this.lastVersion(key)) >= next + versionsKept) {
        await rm(this.versionPath(key, next), { force: true });
        throw conflict(this.place, key);
      }
      await this.deleteVersions(key, next - versionsKept);
      return String(next);
    });
  }

  async putFile(key: string, path: string, content: FileContent, options: TransferOptions): Promise<void> {
    await this.told(async () => {
      const target = this.path(key);
      const written = await this.write((file) => this.copy(path, file, { key, content, options }));
      await this.make(dirname(target));
      await rename(written, target);
      await syncFolder(dirname(target));
    });
  }

  async getFile(key: string, path: string, content: FileContent, options: TransferOptions): Promise<void> {
    const from = this.path(key);
    if (!(await this.told(() => isThere(from)))) throw missing(this.place, key);
    const file = await open(path, 'wx');
    try {
      await this.copy(from, file, { key, content, options });
      await file.sync();
    } catch (error) {
      await rm(path, { force: true });
      // It was there a moment ago: another has collected it.
      throw codeOf(error) === 'ENOENT' ? missing(this.place, key) : error;
    } finally {
      await file.close();
    }
  }

  async *list(prefix: string): AsyncIterable<string> {
    // Only the folder that the prefix leads into is read, and not all shards of all indexes.
    const root = join(this.folder, prefix.slice(0, prefix.lastIndexOf('/') + 1));
    const entries = await this.told(async () =>
      (await isThere(root)) ? await readdir(root, { recursive: true, withFileTypes: true }) : [],
    );
    const keys = new Set<string>();
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const folder = relative(this.folder, entry.parentPath);
      if (folder.startsWith(unfinishedFolder)) continue;
      const key = folder.endsWith(versionsSuffix)
        ? folder.slice(0, -versionsSuffix.length)
        : folder === ''
          ? entry.name
          : `${folder}/${entry.name}`;
      if (key.startsWith(prefix)) keys.add(key);
    }
    yield* keys;
  }

  async remove(keys: readonly string[]): Promise<void> {
    await this.told(async () => {
      for (const key of keys) {
        await rm(this.path(key), { force: true });
        await this.removeVersions(key);
      }
    });
  }

  async unfinished(): Promise<readonly Unfinished[]> {
    return await this.told(async () => {
      const folder = join(this.folder, unfinishedFolder);
      const found: Unfinished[] = [];
      for (const name of (await isThere(folder)) ? await readdir(folder) : []) {
        // One that is finished meanwhile is not there any more.
        const sizeBytes = await sizeIfThere(join(folder, name));
        if (sizeBytes !== null) found.push({ name, sizeBytes });
      }
      return found;
    });
  }

  async removeUnfinished(names: readonly string[]): Promise<void> {
    await this.told(async () => {
      for (const name of names) {
        await rm(join(this.folder, unfinishedFolder, name), { recursive: true, force: true });
      }
    });
  }

  /** All at once: nobody may read an old version while they go. */
  private async removeVersions(key: string): Promise<void> {
    const versions = this.versionsFolder(key);
    if (!(await isThere(versions))) return;
    await this.make(join(this.folder, unfinishedFolder));
    const gone = join(this.folder, unfinishedFolder, randomUUID());
    try {
      await rename(versions, gone);
    } catch (error) {
      // Another removed it.
      if (codeOf(error) === 'ENOENT') return;
      throw error;
    }
    await rm(gone, { recursive: true });
  }

  /** @throws SheafError STORAGE_REFUSED where the file system does not have it made */
  private async make(folder: string): Promise<void> {
    try {
      await makeFolder(folder);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      throw new SheafError('STORAGE_REFUSED', {
        cause: error,
        detail: { place: this.place, reason: `${(error as NodeJS.ErrnoException).path ?? folder} cannot be made` },
      });
    }
  }

  private path(key: string): string {
    return join(this.folder, checkKey(key));
  }

  private versionsFolder(key: string): string {
    return `${this.path(key)}${versionsSuffix}`;
  }

  private versionPath(key: string, number: number): string {
    return join(this.versionsFolder(key), String(number).padStart(numberDigits, '0'));
  }

  /** Its number; 0 where there is none. */
  private async lastVersion(key: string): Promise<number> {
    return (await this.versions(key)).reduce((last, number) => Math.max(last, number), 0);
  }

  private async versions(key: string): Promise<number[]> {
    try {
      const names = await readdir(this.versionsFolder(key));
      // What a file system or a tool leaves there is none.
      return names.filter((name) => versionName.test(name)).map(Number);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  }

  private async deleteVersions(key: string, through: number): Promise<void> {
    const old = (await this.versions(key)).filter((number) => number <= through);
    for (const number of old) await rm(this.versionPath(key, number), { force: true });
  }

  /** Writes a file that nobody looks at yet, durably. @returns its path; it is gone if it fails */
  private async write(fill: (file: FileHandle) => Promise<void>): Promise<string> {
    const folder = join(this.folder, unfinishedFolder);
    await this.make(folder);
    const path = join(folder, randomUUID());
    const file = await open(path, 'wx');
    try {
      await fill(file);
      await file.sync();
      return path;
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  }

  /** Copies a file piece by piece. @throws SheafError STORAGE_CORRUPT where it is not what was said */
  private async copy(
    from: string,
    to: FileHandle,
    { key, content, options }: { key: string; content: FileContent; options: TransferOptions },
  ): Promise<void> {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const piece of createReadStream(from, { highWaterMark: pieceBytes, signal: options.signal })) {
      const bytes = piece as Buffer;
      await options.admit?.(bytes.length);
      hash.update(bytes);
      sizeBytes += bytes.length;
      await to.writeFile(bytes);
    }
    if (sizeBytes !== content.sizeBytes) {
      throw corrupt(this.place, key, `${sizeBytes} bytes in place of ${content.sizeBytes}`);
    }
    if (hash.digest('hex') !== content.sha256) throw corrupt(this.place, key, 'another SHA-256');
  }

  /** Has faults of the file system told as the store's. */
  private async told<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      const code = codeOf(error);
      if (error instanceof SheafError || code === undefined || code === 'ABORT_ERR') throw error;
      const refused = code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR';
      throw new SheafError(refused ? 'STORAGE_REFUSED' : 'STORAGE_UNAVAILABLE', {
        cause: error,
        detail: { place: this.place, reason: code },
      });
    }
  }
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await sizeIfThere(path)) !== null;
}

async function sizeIfThere(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
