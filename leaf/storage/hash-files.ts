/** SHA-256 of the files of replicas, each read once: they never change. Touches the world: files. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { LocalFile } from './store-shard.ts';

const pieceBytes = 1024 * 1024;

export class FileHashes {
  /** By device, inode, size and time of the last change: the same for every name that a file is linked under. */
  private known = new Map<string, string>();
  private readonly filesMax: number;

  /** @param filesMax of which hashes are remembered */
  constructor(filesMax: number) {
    this.filesMax = filesMax;
  }

  async describe(file: { readonly name: string; readonly path: string }, signal: AbortSignal): Promise<LocalFile> {
    const { dev, ino, size, mtimeMs } = await stat(file.path);
    const identity = `${dev} ${ino} ${size} ${mtimeMs}`;
    const sha256 = this.known.get(identity) ?? (await hashOf(file.path, signal));
    // The oldest go first; one that is in use is remembered anew.
    this.known.delete(identity);
    this.known.set(identity, sha256);
    if (this.known.size > this.filesMax) this.known.delete(this.known.keys().next().value!);
    return { ...file, sizeBytes: size, sha256 };
  }
}

async function hashOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: pieceBytes, signal })) hash.update(piece as Buffer);
  return hash.digest('hex');
}
