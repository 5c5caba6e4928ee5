/**
 * Files of replicas that other leaves are copying. Touches the world: files and timers.
 *
 * A merge deletes files at any moment. So whoever copies holds: the indexing thread writes the replica to disk and links
 * its files into a folder of their own, which is deleted when the copy is done or nobody has asked for it for a while.
 */
import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SheafError } from '../../shared/errors.ts';
import type { FromIndexing, ToIndexing } from '../indexing/messages.ts';
import type { HeldFile } from './file-list.ts';

export interface HoldsWorld {
  /** Holds a folder for each hold; on the file system of the replicas. */
  readonly folder: string;
  readonly indexer: { send(message: ToIndexing): void };
  /** Of a replica that answers, its number in messages to the indexing thread; else undefined. */
  readonly find: (indexId: string, shard: number) => number | undefined;
  /** A hold that nobody has used for so long is let go. */
  readonly idleMs: number;
}

export interface Hold {
  readonly id: string;
  readonly files: readonly HeldFile[];
}

interface Open extends Hold {
  readonly folder: string;
  readonly idle: NodeJS.Timeout;
}

/** How many replicas may be held at a time. */
const holdsMax = 64;

export class Holds {
  private readonly world: HoldsWorld;
  private readonly open = new Map<string, Open>();
  /** By folder: those that the indexing thread has not answered. */
  private readonly asked = new Map<string, (fault: string | null) => void>();

  constructor(world: HoldsWorld) {
    this.world = world;
  }

  /**
   * Writes the replica to disk and holds what is there then.
   * @throws SheafError SHARD_NOT_HERE, LEAF_BUSY, DATA_NOT_WRITABLE
   */
  async hold(indexId: string, shard: number): Promise<Hold> {
    const replica = this.world.find(indexId, shard);
    if (replica === undefined) throw new SheafError('SHARD_NOT_HERE', { detail: { index: indexId, shard } });
    const actual = this.open.size + this.asked.size;
    if (actual >= holdsMax)
      throw new SheafError('LEAF_BUSY', { detail: { reason: 'copies', limit: holdsMax, actual } });
    const id = randomUUID();
    const folder = join(this.world.folder, id);
    const fault = await this.ask(replica, folder);
    if (fault !== null) {
      await rm(folder, { recursive: true, force: true });
      throw new SheafError('DATA_NOT_WRITABLE', { detail: { path: folder, reason: fault } });
    }
    const hold = { id, folder, files: await listFiles(folder) };
    this.open.set(id, { ...hold, idle: setTimeout(() => void this.release(id), this.world.idleMs).unref() });
    return hold;
  }

  /** The indexing thread has answered. */
  receive({ folder, fault }: FromIndexing & { kind: 'held' }): void {
    this.asked.get(folder)?.(fault);
    this.asked.delete(folder);
  }

  /** Where a held file is, and that it is still wanted. @throws SheafError COPY_EXPIRED */
  use(id: string, name: string): HeldFile & { readonly path: string } {
    const held = this.open.get(id);
    const file = held?.files.find((one) => one.name === name);
    if (held === undefined || file === undefined) throw new SheafError('COPY_EXPIRED', { detail: { hold: id, name } });
    held.idle.refresh();
    return { ...file, path: join(held.folder, name) };
  }

  async release(id: string): Promise<void> {
    const held = this.open.get(id);
    if (held === undefined) return;
    clearTimeout(held.idle);
    this.open.delete(id);
    await rm(held.folder, { recursive: true, force: true });
  }

  async close(): Promise<void> {
    for (const settle of this.asked.values()) settle('the leaf ends');
    await Promise.all([...this.open.keys()].map((id) => this.release(id)));
  }

  private ask(replica: number, folder: string): Promise<string | null> {
    return new Promise((resolve) => {
      this.asked.set(folder, resolve);
      this.world.indexer.send({ kind: 'hold', replica, folder });
    });
  }
}

/** The manifest comes last: a copy that has it has everything. */
async function listFiles(folder: string): Promise<HeldFile[]> {
  const names = (await readdir(folder)).sort((a, b) => Number(a.endsWith('.json')) - Number(b.endsWith('.json')));
  return await Promise.all(names.map(async (name) => ({ name, sizeBytes: (await stat(join(folder, name))).size })));
}
