/**
 * The indexing thread's loop without the thread: messages in, messages out, one piece of work at a time between
 * reading messages. Time and the way to be called again come in as arguments; replica folders are read and written
 * through replica-files.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../shared/clock/clock.ts';
import { SheafError } from '../../shared/errors.ts';
import type { LeafKinds } from '../kinds/leaf-kind.ts';
import { replicaName } from '../../shared/protocol/replicas.ts';
import { chooseWork, hasWork, type WorkSettings } from './choose-work.ts';
import type { BatchesMessage, DiscardMessage, FromIndexing, OpenMessage, Publication, ToIndexing } from './messages.ts';
import type { HoldMessage, InstallMessage } from './messages.ts';
import type { OpenedWriter } from './open-writer.ts';
import { deleteReplica, holdReplica, installReplica, type ReplicaPlace } from './replica-files.ts';
import type { Writer } from './replica-writer.ts';

export interface IndexingWorld {
  readonly kinds: LeafKinds;
  readonly clock: Clock;
  readonly post: (message: FromIndexing) => void;
  /**
   * Asks that `work` be called: after so many milliseconds, 0 meaning once the messages that are here have been read.
   * Each call replaces the one before.
   */
  readonly callAgain: (afterMs: number) => void;
}

export interface IndexingSettings extends WorkSettings {
  /** Holds one folder an index, and in it one a shard. */
  readonly folder: string;
}

export class IndexingLoop {
  private readonly world: IndexingWorld;
  private readonly settings: IndexingSettings;
  private readonly writers = new Map<number, Writer>();
  /** Those that have work, by number: most of many have none, and cost nothing. */
  private readonly busy = new Map<number, Writer>();
  /** Those whose folders are to be looked through when there is nothing else to do. */
  private readonly untidy = new Map<number, Writer>();
  private stopped = false;
  /** Whether the last write of a replica failed. */
  private diskIsIll = false;

  constructor(world: IndexingWorld, settings: IndexingSettings) {
    this.world = world;
    this.settings = settings;
  }

  receive(message: ToIndexing): void {
    switch (message.kind) {
      case 'open':
        this.open(message);
        break;
      case 'batches':
        this.take(message);
        break;
      case 'fields':
        this.changeFields(message.replica, message.fields);
        break;
      case 'want':
        this.tell(message.replica, (writer) => writer.want(message.offset));
        break;
      case 'resume':
        this.tell(message.replica, (writer) => writer.resume());
        break;
      case 'complete':
        this.tell(message.replica, (writer) => writer.markComplete(this.world.clock.now()));
        break;
      case 'discard':
        this.discard(message);
        break;
      case 'install':
        this.install(message);
        break;
      case 'hold':
        this.hold(message);
        break;
      case 'sweep':
        this.tryOnDisk(() => sweep(this.settings.folder, new Set(message.keep)));
        break;
      case 'stop':
        return this.stop();
    }
    this.world.callAgain(0);
  }

  /** Does the most urgent piece of work, if any is due. */
  work(): void {
    if (this.stopped) return;
    const now = this.world.clock.now();
    const chosen = chooseWork(this.busy.values(), now, this.settings);
    if (chosen.kind === 'wait') {
      if (this.tidyOne()) return this.world.callAgain(0);
      if (chosen.ms !== null) this.world.callAgain(chosen.ms);
      return;
    }
    const { kind, shard: writer } = chosen;
    if (kind === 'commit') this.commit(writer);
    else this.change(writer, () => writer[kind](now));
    this.note(writer);
    this.world.callAgain(0);
  }

  /** @returns whether there was one */
  private tidyOne(): boolean {
    const [next] = this.untidy;
    if (next === undefined) return false;
    const [replica, writer] = next;
    this.untidy.delete(replica);
    if (writer.untidy) this.tryOnDisk(() => writer.tidy());
    return true;
  }

  private tell(replica: number, word: (writer: Writer) => void): void {
    const writer = this.writers.get(replica);
    if (writer === undefined) return;
    word(writer);
    this.note(writer);
  }

  /** To be called when something has happened to a writer: it may have work now, or none any more. */
  private note(writer: Writer): void {
    const { replica } = writer;
    if (hasWork(writer) && this.writers.has(replica)) this.busy.set(replica, writer);
    else this.busy.delete(replica);
  }

  private forget(replica: number): void {
    this.writers.delete(replica);
    this.busy.delete(replica);
    this.untidy.delete(replica);
  }

  private open(message: OpenMessage): void {
    const { replica, indexId, shard } = message;
    const { kind } = message.index;
    let opened: OpenedWriter;
    try {
      opened = this.world.kinds[kind].openWriter(message, { ...this.placeOf(indexId, shard), kind });
    } catch (error) {
      const reason = reasonOf(error);
      const isNewer = error instanceof SheafError && error.code === 'SEGMENT_VERSION_UNKNOWN';
      return this.world.post(
        isNewer ? { kind: 'refused', replica, code: error.code, reason } : { kind: 'broke', replica, reason },
      );
    }
    const { writer, healed } = opened;
    this.writers.set(replica, writer);
    if (writer.untidy) this.untidy.set(replica, writer);
    this.note(writer);
    const { complete } = writer;
    this.world.post({ kind: 'opened', replica, publication: writer.publication(), complete, healed });
  }

  private take({ batches }: BatchesMessage): void {
    const now = this.world.clock.now();
    let bytes = 0;
    let documents = 0;
    for (const batch of batches) {
      bytes += batch.bytes.length;
      const writer = this.writers.get(batch.replica);
      if (writer === undefined || writer.stopped !== null) continue;
      documents += writer.take(batch, now);
      // What came before is published first, so that the place where it stands is where it says.
      if (writer.stopped !== null) {
        this.change(writer, () => writer.refresh(now));
        this.tellStop(writer);
      }
      this.note(writer);
    }
    this.world.post({ kind: 'taken', bytes, documents });
  }

  /** What is pending was written under the older fields: it is indexed with those, whenever that happens. */
  private changeFields(replica: number, fields: OpenMessage['fields']): void {
    const writer = this.writers.get(replica);
    if (writer === undefined) return;
    if (writer.pendingBytes > 0) this.change(writer, () => writer.refresh(this.world.clock.now()));
    writer.fields = fields;
    this.note(writer);
  }

  private change(writer: Writer, change: () => Publication | null): void {
    const { replica, stopped } = writer;
    try {
      const publication = change();
      if (publication !== null) this.world.post({ kind: 'published', replica, publication });
      if (stopped === null) this.tellStop(writer);
    } catch (error) {
      this.letGo(replica, error);
    }
  }

  private tellStop({ replica, stopped }: Writer): void {
    if (stopped !== null) this.world.post({ kind: 'stopped', replica, stop: stopped });
  }

  private commit(writer: Writer): void {
    this.change(writer, () => writer.mergeUnwritten(this.world.clock.now()));
    if (!this.writers.has(writer.replica)) return;
    const { replica, offset } = writer;
    const written = this.tryOnDisk(() => writer.commit());
    if (written) this.world.post({ kind: 'committed', replica, offset });
    else writer.postponeCommit(this.world.clock.now());
    this.noteDisk(written);
  }

  private noteDisk(isWell: boolean): void {
    if (isWell !== this.diskIsIll) return;
    this.diskIsIll = !isWell;
    this.world.post({ kind: isWell ? 'diskWell' : 'diskIll' });
  }

  private discard(message: DiscardMessage): void {
    this.forget(message.replica);
    this.tryOnDisk(() => deleteReplica(this.placeOf(message.indexId, message.shard)));
    // It may have been the only one that waited to be written.
    if (![...this.busy.values()].some(({ dirtySince }) => dirtySince !== null)) this.noteDisk(true);
  }

  /** Should it fail, the replica is opened without files, and filled in some other way. */
  private install({ replica, indexId, shard, folder }: InstallMessage): void {
    this.forget(replica);
    this.tryOnDisk(() => installReplica(this.placeOf(indexId, shard), folder));
  }

  private hold({ replica, folder }: HoldMessage): void {
    const writer = this.writers.get(replica);
    let fault: string | null = null;
    try {
      if (writer === undefined) throw new Error('the replica is not open');
      if (writer.dirtySince !== null) this.commit(writer);
      this.note(writer);
      if (writer.untidy) writer.tidy();
      holdReplica(writer.place, folder);
    } catch (error) {
      fault = reasonOf(error);
    }
    this.world.post({ kind: 'held', folder, fault });
  }

  private placeOf(indexId: string, shard: number): Omit<ReplicaPlace, 'kind'> {
    return { folder: join(this.settings.folder, replicaName(indexId, shard)), indexId, shard };
  }

  /** Makes everything searchable and durable, as the last act. */
  private stop(): void {
    for (const writer of this.writers.values()) {
      if (writer.pendingBytes > 0) this.change(writer, () => writer.refresh(this.world.clock.now()));
      if (writer.dirtySince !== null) this.commit(writer);
    }
    this.stopped = true;
    this.world.post({ kind: 'ended' });
  }

  private letGo(replica: number, error: unknown): void {
    this.forget(replica);
    this.world.post({ kind: 'broke', replica, reason: reasonOf(error) });
  }

  private tryOnDisk(action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      this.world.post({ kind: 'diskFault', reason: reasonOf(error) });
      return false;
    }
  }
}

/** Deletes the folders of replicas that are not kept, and of indexes without any. */
function sweep(folder: string, keep: ReadonlySet<string>): void {
  mkdirSync(folder, { recursive: true });
  const keptIndexes = new Set([...keep].map((name) => name.slice(0, name.lastIndexOf('/'))));
  for (const indexId of readdirSync(folder)) {
    if (!keptIndexes.has(indexId)) {
      deleteReplica({ folder: join(folder, indexId) });
      continue;
    }
    for (const shard of readdirSync(join(folder, indexId))) {
      if (!keep.has(`${indexId}/${shard}`)) deleteReplica({ folder: join(folder, indexId, shard) });
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SheafError) return error.toLine();
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
