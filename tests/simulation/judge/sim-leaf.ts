/**
 * A leaf: the real replicas, indexing loop, folding and files, and the real answers to tasks. Its two threads, its timers and
 * its connections are simulated; its disk is a folder.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { QueryCaches } from '../../../leaf/evaluate/query-caches.ts';
import { IndexingLoop } from '../../../leaf/indexing/indexing-loop.ts';
import type { FromIndexing, ReplicaMessage, ToIndexing } from '../../../leaf/indexing/messages.ts';
import type { LeafKinds } from '../../../leaf/kinds/leaf-kind.ts';
import { startRun } from '../../../leaf/kinds/start-run.ts';
import { Replica, type ReplicaWorld } from '../../../leaf/replicas/replica.ts';
import { findDocument, type Snapshot } from '../../../leaf/snapshot/snapshot.ts';
import { assemble } from '../../../leaf/tasks/assemble.ts';
import { chooseShards } from '../../../leaf/tasks/choose-shards.ts';
import { asSheafError } from '../../../shared/errors.ts';
import { shardPartition } from '../../../shared/log/log.ts';
import type { ReportFrame } from '../../../shared/protocol/report-frames.ts';
import { readTask } from '../../../shared/protocol/read-task.ts';
import type { Task } from '../../../shared/protocol/tasks/tasks.ts';
import type { ConnectionEnd } from '../connection.ts';
import { exponential } from '../link.ts';
import type { DialledLeaf } from '../sim-root.ts';
import { LogPort } from '../log-port.ts';
import { kindsOf, type JudgementVersion } from './versions.ts';
import { catalogOf, fieldsOf, indexId, keys, type JudgeWorld } from './world.ts';

const heartbeatMs = 250;
const headTimeoutMs = 1000;
const refreshMsMax = 300;
const commitMsMax = 1500;
/** A copy of one file takes so long at most. */
const copyMsMax = 400;

export interface LeafWorld extends JudgeWorld {
  /** The other leaves, to copy from. */
  readonly others: (leaf: SimLeaf) => readonly SimLeaf[];
}

export class SimLeaf implements DialledLeaf {
  readonly name: string;
  readonly folder: string;
  isUp = false;
  /** Of the judgement: the highest that it knows. */
  version: JudgementVersion = 'this';
  /** Since when it runs, and nothing has happened to it. */
  wellSince = 0;
  port: LogPort;
  /** Multiplies what its indexing thread takes. */
  slowness = 1;
  private readonly world: LeafWorld;
  private life = 0;
  private stalledUntil = 0;
  private kinds: LeafKinds;
  private loop!: IndexingLoop;
  private work: { cancel(): void } | null = null;
  private readonly replicas = new Map<number, Replica>();
  private byNumber = new Map<number, Replica>();
  private lastNumber = 0;
  private holds = new Map<string, (fault: string | null) => void>();
  private folders = 0;
  private sequence = 0;
  private readonly connections = new Set<ConnectionEnd>();
  /** Messages between its threads. */
  private messages: Record<'toIndexing' | 'toAnswering', (() => void)[]> = { toIndexing: [], toAnswering: [] };
  private hasTag = false;
  private waitingForTag: (() => void)[] = [];
  /** By shard, when its replica got how far. */
  private readonly reached = new Map<number, { readonly at: number; readonly offset: number }[]>();
  private readonly readySince = new Map<number, number>();
  /** Shards of which a byte on disk is another. */
  private readonly damaged = new Set<number>();
  private readonly obstructions: string[] = [];
  /** Whether its thread said that it cannot write, and hand-overs that wait until it can. */
  private diskIsIll = false;
  private waitingForDisk: (() => void)[] = [];

  constructor(name: string, world: LeafWorld) {
    this.name = name;
    this.world = world;
    this.folder = join(world.folder, name);
    this.kinds = kindsOf('this', world.retention);
    this.port = new LogPort(name, world);
    this.start();
    this.beat();
  }

  start(): void {
    const { world, folder } = this;
    const { random, time } = world;
    this.isUp = true;
    this.stalledUntil = 0;
    this.port = new LogPort(this.name, world);
    this.kinds = kindsOf(this.version, world.retention);
    this.wellSince = time.now();
    this.messages = { toIndexing: [], toAnswering: [] };
    this.loop = new IndexingLoop(
      {
        kinds: this.kinds,
        clock: time,
        post: (message) => this.carry('toAnswering', () => this.receive(message)),
        callAgain: (afterMs) => {
          this.work?.cancel();
          this.work = this.later(afterMs + this.threadMs(), () => this.loop.work());
        },
      },
      {
        folder: join(folder, 'indexes'),
        refreshMs: random.integer(1, refreshMsMax),
        commitMs: random.integer(1, commitMsMax),
      },
    );
    for (let shard = 0; shard < world.shards; shard++) this.open(shard);
  }

  /** kill -9: what was not written is gone. */
  crash(): void {
    if (!this.isUp) return;
    this.world.note(`${this.name} crashes`);
    this.isUp = false;
    this.life++;
    this.port.end();
    this.work?.cancel();
    this.holds.clear();
    this.byNumber.clear();
    this.replicas.clear();
    this.reached.clear();
    this.readySince.clear();
    this.waitingForTag = [];
    this.waitingForDisk = [];
    this.diskIsIll = false;
    for (const end of this.connections) end.close();
    this.connections.clear();
  }

  restart(): void {
    if (this.isUp) return;
    this.world.note(`${this.name} starts, version ${this.version}`);
    this.start();
  }

  stall(until: number): void {
    this.stalledUntil = Math.max(this.stalledUntil, until);
  }

  /** The folder is lost. To be called while it does not run. */
  loseFolder(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** One byte of a file is another. To be called while it does not run. */
  damageFile(): void {
    const { random, shards } = this.world;
    const shard = random.integer(0, shards - 1);
    const folder = this.folderOf(shard);
    const names = filesIn(folder);
    if (names.length === 0) return;
    const path = join(folder, random.pick(names));
    const bytes = readFileSync(path);
    let at = random.integer(0, bytes.length - 1);
    // Of another version is what nobody here can say anything about: it is kept, and the replica is refused for good.
    if (!path.endsWith('.json') && at >= 8 && at < 12) at = 0;
    bytes[at]! ^= 1 << random.integer(0, 7);
    writeFileSync(path, bytes);
    this.damaged.add(shard);
    this.world.note(`${this.name} ${path.slice(this.folder.length)} is damaged`);
  }

  /** Nothing more can be written where its replicas are: neither manifests nor, at times, segments. Or it can again. */
  obstructDisk(isObstructed: boolean): void {
    for (const path of this.obstructions.splice(0)) {
      // What stands there by now may be a file of the replica.
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) rmSync(path, { recursive: true });
    }
    if (!isObstructed) return;
    for (let shard = 0; shard < this.world.shards; shard++) {
      const folder = this.folderOf(shard);
      const names = ['manifest.json.tmp'];
      if (this.world.random.chance(0.5)) {
        const last = existsSync(folder)
          ? Math.max(0, ...readdirSync(folder).map((name) => parseInt(name, 10) || 0))
          : 0;
        for (let id = last + 1; id < last + 9; id++) names.push(`${id}.segment`, `${id}.keys`);
      }
      for (const path of names.map((name) => join(folder, name))) {
        // A folder is where a file should be: no file can be written there.
        mkdirSync(path, { recursive: true });
        this.obstructions.push(path);
      }
    }
  }

  /** It reads in the catalog that the index has another field. */
  learnTag(): void {
    this.hasTag = true;
    for (const replica of this.replicas.values()) replica.changeFields(this.fields());
    for (const resolve of this.waitingForTag.splice(0)) resolve();
  }

  /** A root connects. */
  accept(end: ConnectionEnd): void {
    this.whenAwake(() => {
      if (!end.isOpen || end.isStarted) return;
      this.connections.add(end);
      const cancels = new Map<number, AbortController>();
      const seen = new Set<number>();
      end.start({
        onFrame: ({ type, id, header }) =>
          this.whenAwake(() => {
            if (type === 'cancel') return cancels.get(id)?.abort();
            if (type !== 'task' || seen.has(id)) return;
            seen.add(id);
            const cancel = new AbortController();
            cancels.set(id, cancel);
            void this.answer(end, id, readTask(header), cancel);
          }),
        onClose: () => {
          this.connections.delete(end);
          for (const cancel of cancels.values()) cancel.abort();
        },
      });
      end.send('report', 0, this.report());
    });
  }

  /** Since when it could have told what became of an entry, if it still can; Infinity where it cannot. */
  couldTellSince(shard: number, offset: number): number {
    const snapshot = this.replicas.get(shard)?.snapshot as Snapshot | undefined;
    if (!this.isUp || snapshot?.outcomes.find(offset) === undefined) return Infinity;
    const passedAt = this.reached.get(shard)?.find((one) => one.offset >= offset)?.at ?? Infinity;
    return Math.max(passedAt, this.answersSince(shard));
  }

  /** Since when a root could have asked it for a shard that it reads on. */
  couldBeAskedSince(shard: number): number {
    return this.replicas.get(shard)?.stopped === null ? this.answersSince(shard) : Infinity;
  }

  private answersSince(shard: number): number {
    if (!this.isUp) return Infinity;
    return Math.max(this.readySince.get(shard) ?? Infinity, this.wellSince, this.stalledUntil);
  }

  /** Why it has not come to rest, or null. */
  faultAtRest(shard: number, head: number): string | null {
    const replica = this.replicas.get(shard);
    if (replica?.isReady !== true) return replica?.life.kind ?? 'down';
    if (replica.stopped !== null) return `stands still at ${replica.stopped.offset}: ${replica.stopped.reason}`;
    return replica.offset === head ? null : `is at ${replica.offset} of ${head}`;
  }

  /** Writes everything to disk, as at its end. */
  stop(): void {
    this.loop.receive({ kind: 'stop' });
    this.crash();
  }

  private folderOf(shard: number): string {
    return join(this.folder, 'indexes', indexId, String(shard));
  }

  private open(shard: number): void {
    const { shards } = this.world;
    const world: ReplicaWorld = {
      kinds: this.kinds,
      clock: this.world.time,
      timers: {
        at: (at, callback) => this.later(at - this.world.time.now(), callback),
        afterReading: (callback) => this.later(0, callback),
      },
      log: this.port,
      isLogReplaced: () => false,
      catalogReached: async (offset) => {
        if (offset > 0 && !this.hasTag) await new Promise<void>((resolve) => this.waitingForTag.push(resolve));
      },
      indexer: {
        send: (message) => this.toIndexing(message),
        hand: async (replica, { firstOffset, count, bytes }) => {
          const batch = { replica, firstOffset, count, bytes: new Uint8Array(bytes) };
          this.toIndexing({ kind: 'batches', batches: [batch] });
          if (this.diskIsIll) await new Promise<void>((resolve) => this.waitingForDisk.push(resolve));
        },
      },
      sources: (_index, of) => this.sources(of),
      peersHeard: () => Promise.resolve(),
      headOf: async (partition) => (await this.port.heads([partition], { timeoutMs: headTimeoutMs }))[0]!,
      storedOffset: () => -1,
      copy: (from, place, signal) => this.copy(from, place.shard, signal),
      number: (replica) => {
        this.byNumber.set(++this.lastNumber, replica);
        return this.lastNumber;
      },
      onChange: (replica) => this.changed(replica),
      onStop: (partition, stop) => this.stopped(partition, stop?.offset ?? null, stop?.code ?? ''),
    };
    const index = { kind: 'document', shards } as const;
    const placed = { indexId, shard, index, fields: this.fields(), owners: [] };
    this.replicas.set(shard, new Replica(world, placed));
  }

  private fields() {
    return fieldsOf(catalogOf(this.world, this.hasTag));
  }

  private sources(shard: number): string[] {
    const { random } = this.world;
    return random.shuffle(this.world.others(this).filter((leaf) => leaf.isReady(shard))).map(({ name }) => name);
  }

  private isReady(shard: number): boolean {
    return this.isUp && this.replicas.get(shard)?.isReady === true;
  }

  private receive(message: FromIndexing): void {
    if (message.kind === 'held') {
      this.holds.get(message.folder)?.(message.fault);
      this.holds.delete(message.folder);
      return;
    }
    if (message.kind === 'diskIll') this.diskIsIll = true;
    if (message.kind === 'diskWell') {
      this.diskIsIll = false;
      for (const resolve of this.waitingForDisk.splice(0)) resolve();
    }
    if (!('replica' in message)) return;
    const replica = this.byNumber.get(message.replica);
    // An older opening of it is of no matter.
    if (replica === undefined || replica.openedAs !== message.replica) return;
    this.receiveOf(replica, message);
  }

  private receiveOf(replica: Replica, message: ReplicaMessage): void {
    const { violate, note } = this.world;
    if (message.kind === 'broke') violate(`${this.name} shard ${replica.shard} broke: ${message.reason}`);
    if (message.kind === 'opened' && message.healed !== null) {
      note(`${this.name} heals shard ${replica.shard}`);
      // What it writes it can read, whatever failed meanwhile.
      if (!this.damaged.delete(replica.shard)) violate(`${this.name} cannot read what it wrote: ${message.healed}`);
    }
    if (message.kind === 'opened') this.reached.delete(replica.shard);
    replica.receive(message);
    if (message.kind === 'opened' || message.kind === 'published') this.check(replica);
  }

  private stopped(partition: string, offset: number | null, code: string): void {
    if (offset === null) return this.world.note(`${this.name} ${partition} is read on`);
    this.world.note(`${this.name} ${partition} stands still at ${offset}: ${code}`);
    if (this.version === 'next' || code !== 'JUDGEMENT_VERSION_UNKNOWN') {
      this.world.violate(`${this.name} stands still in ${partition} at ${offset}: ${code}`);
    }
  }

  private changed(replica: Replica): void {
    const { shard } = replica;
    if (!replica.isReady) this.readySince.delete(shard);
    else if (!this.readySince.has(shard)) this.readySince.set(shard, this.world.time.now());
    // What is told in the constructor of a replica comes before it is known here.
    this.later(0, () => this.tell());
  }

  /** What searches see must be what the log says, whenever it is. */
  private check({ shard, snapshot: seen }: Replica): void {
    const { oracle, violate, time } = this.world;
    const snapshot = seen as Snapshot;
    const { offset } = snapshot;
    const reached = this.reached.get(shard) ?? [];
    this.reached.set(shard, reached);
    reached.push({ at: time.now(), offset });
    const log = oracle.of(shardPartition(indexId, shard));
    const wrong = (what: string): void => violate(`${this.name} shard ${shard} at ${offset}: ${what}`);
    for (const key of keys) {
      const found = findDocument(snapshot, key);
      const expected = log.documentAt(key, offset);
      const has = found === null ? null : show(found.offset, found.version, Buffer.from(found.source).toString());
      const should =
        expected === null ? null : show(expected.sequence, expected.version, JSON.stringify(expected.document));
      if (has !== should) wrong(`${key} is ${has}, should be ${should}`);
    }
    if (snapshot.documents !== log.documentsAt(offset)) wrong(`${snapshot.documents} documents`);
    const outcomes = log.outcomesAt(offset);
    if (snapshot.outcomes.count !== outcomes.length)
      wrong(`${snapshot.outcomes.count} outcomes, should be ${outcomes.length}`);
    for (const [at, { result, version, sequence }] of outcomes) {
      const told = snapshot.outcomes.find(at);
      const has = told === undefined ? 'unknown' : show(told.sequence, told.version, told.result);
      const should = show(sequence, version, result);
      if (has !== should) return wrong(`the entry at ${at} is ${has}, should be ${should}`);
    }
  }

  private async answer(end: ConnectionEnd, id: number, task: Task, cancel: AbortController): Promise<void> {
    const { time } = this.world;
    const deadline = time.at(time.now() + task.remainingMs, () => cancel.abort());
    try {
      const find = (_index: string, shard: number) => this.replicas.get(shard);
      const pins = { find: () => undefined, keep: () => null };
      const { life } = this;
      const chosen = await chooseShards({
        task,
        find,
        pins,
        held: pins,
        now: () => time.now(),
        waitingEnds: cancel.signal,
      });
      if (life !== this.life) return;
      const run = startRun(this.kinds, task, chosen.shards, new QueryCaches());
      while (!run.step(1000));
      const timing = { queuedUs: 0, executedUs: 0 };
      const { partial, body } = assemble(task, chosen, { result: run.result(), wholeBelow: Infinity }, timing);
      this.later(this.threadMs(), () => end.send('partial', id, partial, body));
    } catch (error) {
      this.later(this.threadMs(), () => end.send('failure', id, asSheafError(error).toBody()));
    } finally {
      deadline.cancel();
    }
  }

  private report(): ReportFrame {
    const replicas = [...this.replicas.values()].map((replica) => replica.report());
    return { leaf: this.name, incarnation: this.life + 1, sequence: ++this.sequence, queued: 0, replicas };
  }

  private tell(): void {
    for (const end of this.connections) end.send('report', 0, this.report());
  }

  private beat(): void {
    this.world.time.after(heartbeatMs, () => {
      if (this.isUp && this.world.time.now() >= this.stalledUntil) this.tell();
      this.beat();
    });
  }

  /** The files of a replica of another leaf, one after the other, as they are when it is asked. */
  private async copy(from: string, shard: number, signal: AbortSignal): Promise<string> {
    const { random } = this.world;
    const source = this.world.others(this).find(({ name }) => name === from);
    if (source === undefined) throw new Error(`${from} is not there`);
    const held = await source.hold(shard);
    const folder = join(this.folder, `taken-${++this.folders}`);
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(held).sort((a, b) => Number(a.endsWith('.json')) - Number(b.endsWith('.json')))) {
      await this.pause(random.next() * copyMsMax);
      signal.throwIfAborted();
      if (!source.isUp || random.chance(0.02)) throw new Error('the copy is broken off');
      copyFileSync(join(held, name), join(folder, name));
    }
    rmSync(held, { recursive: true, force: true });
    this.world.note(`${this.name} has copied shard ${shard} from ${from}`);
    return folder;
  }

  private async hold(shard: number): Promise<string> {
    const replica = this.replicas.get(shard);
    if (replica?.isReady !== true) throw new Error('it is not ready');
    const folder = join(this.folder, `held-${++this.folders}`);
    const fault = await new Promise<string | null>((resolve) => {
      this.holds.set(folder, resolve);
      this.toIndexing({ kind: 'hold', replica: replica.openedAs, folder });
      // Of a leaf that dies meanwhile nothing is heard.
      this.world.time.after(2000, () => resolve('no answer'));
    });
    if (fault !== null) throw new Error(fault);
    return folder;
  }

  private toIndexing(message: ToIndexing): void {
    this.carry('toIndexing', () => this.loop.receive(message));
  }

  private carry(way: 'toIndexing' | 'toAnswering', action: () => void): void {
    // Whichever is due, the first is read: none overtakes another.
    const queue = this.messages[way];
    queue.push(action);
    this.later(this.threadMs(), () => queue.shift()!());
  }

  private threadMs(): number {
    return 0.05 + exponential(this.world.random, 0.2 * this.slowness);
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.later(delayMs, resolve));
  }

  /** In this life of the process. */
  private later(delayMs: number, action: () => void): { readonly cancel: () => void } {
    const { life } = this;
    return this.world.time.after(Math.max(0, delayMs), () => {
      if (life === this.life) this.whenAwake(action);
    });
  }

  private whenAwake(action: () => void): void {
    const { time } = this.world;
    const { life } = this;
    if (!this.isUp) return;
    if (time.now() >= this.stalledUntil) return action();
    time.at(this.stalledUntil, () => {
      if (life === this.life) this.whenAwake(action);
    });
  }
}

/** What stands in the way of files is none. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder, { withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}

function show(sequence: number, version: number, what: string): string {
  return `${what}@${sequence}/${version}`;
}
