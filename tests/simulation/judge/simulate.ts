/**
 * One cluster from one seed: clients that write under conditions through roots and leaves of the real code, everything that can go
 * wrong, an upgrade of the judgement; and what must hold all the while.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Retention } from '../../../leaf/keys/key-history.ts';
import { readReplica } from '../../../leaf/indexing/replica-files.ts';
import { openSegment } from '../../../leaf/segment/open.ts';
import type { ReadDocument } from '../../../root/get-document.ts';
import type { LineOutcome } from '../../../root/plan/ask-outcomes.ts';
import { shardOfKey } from '../../../shared/hashing/hash.ts';
import { shardPartition } from '../../../shared/log/log.ts';
import { createRandom, type Random } from '../../../shared/random/random.ts';
import { noLinkFaults, type LinkFaults } from '../link.ts';
import { GappyLog, StoreLog } from '../sim-log.ts';
import { VirtualTime } from '../virtual-time.ts';
import { WallClock } from '../wall-clock.ts';
import { Client, type ClientWorld } from './client.ts';
import { Oracle } from './oracle.ts';
import { SimLeaf, type LeafWorld } from './sim-leaf.ts';
import { JudgeRoot, outcomesTimeoutMs } from './sim-root.ts';
import { catalogOf, indexId, type JudgeWorld } from './world.ts';

export interface JudgeOutcome {
  /** Of every line of the trace. */
  readonly hash: string;
  readonly violations: readonly string[];
  /** Entries that were judged. */
  readonly judged: number;
  /** Lines of which a client was told what became, and those of which it was not. */
  readonly told: number;
  readonly uncertain: number;
}

const faultsEndAt = 3000;
const clientsEndAt = 4000;
const endsAt = 9000;
/** A root that is told nothing by a leaf for so long, though nothing is wrong with the two, has not asked. */
const tellableMs = 1000;
const violationsMax = 10;

/** Few are remembered, so that much is forgotten. */
const retentions: readonly Retention[] = [
  { deletionsMax: 1e6, offsetsMax: 1e6, outcomesMax: 1000 },
  { deletionsMax: 3, offsetsMax: 1e6, outcomesMax: 60 },
  { deletionsMax: 1e6, offsetsMax: 12, outcomesMax: 1000 },
  { deletionsMax: 6, offsetsMax: 40, outcomesMax: 12 },
];

/** Where files are in memory, where the machine has that: nothing is kept. */
const scratch = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** @param trace is given every step */
export async function simulateJudging(
  seed: number,
  trace: (line: string) => void = () => undefined,
): Promise<JudgeOutcome> {
  const folder = mkdtempSync(join(scratch, 'sheaf-sim-judge-'));
  try {
    return await new Run(seed, folder, trace).play();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class Run {
  private readonly time = new VirtualTime();
  private readonly random: Random;
  private readonly world: JudgeWorld;
  private readonly leaves: SimLeaf[] = [];
  private readonly roots: JudgeRoot[] = [];
  private readonly clients: Client[] = [];
  private readonly hash = createHash('sha256');
  private readonly violations: string[] = [];
  /** What clients were told, to be looked at when all is known. */
  private readonly told: LineOutcome[] = [];
  private uncertain = 0;
  private hasTag = false;
  private isUpgraded = false;
  private rootsMade = 0;
  private readonly wall = new WallClock(this.time);

  constructor(seed: number, folder: string, trace: (line: string) => void) {
    this.random = createRandom(seed);
    const { random, time } = this;
    const retention = random.pick(retentions);
    const log = random.chance(0.5) ? new GappyLog(() => random.next()) : new StoreLog(time);
    const leafCount = random.integer(1, 3);
    this.world = {
      time,
      random,
      log,
      retention,
      oracle: new Oracle(retention),
      shards: random.integer(1, 2),
      replicas: leafCount,
      folder,
      logFaults: { isAway: false, isLossy: true },
      note: (line) => {
        const text = `${time.now().toFixed(3)} ${line}\n`;
        this.hash.update(text);
        trace(text);
      },
      violate: (what) => this.violate(what),
    };
    this.readLog();
    const others = (leaf: SimLeaf): SimLeaf[] => this.leaves.filter((each) => each !== leaf);
    const leafWorld: LeafWorld = { ...this.world, others };
    for (let i = 0; i < leafCount; i++) this.leaves.push(new SimLeaf(`leaf-${i}`, leafWorld));
    for (let i = random.integer(1, 2); i > 0; i--) this.roots.push(this.makeRoot());
    const clientWorld: ClientWorld = {
      ...this.world,
      endsAt: clientsEndAt,
      pickRoot: () => random.pick(this.roots),
      onOutcome: (root, line, askedAt) => this.onOutcome(root, line, askedAt),
      onRead: (key, found, since) => this.onRead(key, found, since),
      heads: () => this.heads(),
    };
    for (let i = random.integer(1, 4); i > 0; i--) this.clients.push(new Client(`c${i}`, clientWorld));
  }

  /** What throws, or never comes to an end, is an invariant broken: it has a seed like any other. */
  async play(): Promise<JudgeOutcome> {
    try {
      this.jumpClocks();
      await this.live();
    } catch (error) {
      this.violate((error as Error).stack ?? String(error));
    } finally {
      this.wall.putBack();
    }
    const judged = [...this.world.oracle.all()].reduce((sum, { outcomes }) => sum + outcomes.size, 0);
    const { violations, told, uncertain } = this;
    return { hash: this.hash.digest('hex'), violations, judged, told: told.length, uncertain };
  }

  private async live(): Promise<void> {
    const { time } = this;
    this.scheduleFaults();
    this.scheduleChanges();
    let running = this.clients.length;
    for (const client of this.clients) {
      client.run().then(
        () => running--,
        (error: unknown) => this.violate((error as Error).stack ?? String(error)),
      );
    }
    time.at(faultsEndAt, () => this.heal());
    await time.runUntil(endsAt, () => this.violations.length >= violationsMax);
    if (this.violations.length > 0) return;
    if (running > 0) this.violate(`${running} clients never ended`);
    this.checkTold();
    this.checkWritten();
    this.checkRest();
  }

  /** Of all machines: nothing correct may hang on the time of day. */
  private jumpClocks(): void {
    const { random, time, world } = this;
    for (let count = random.integer(0, 3); count > 0; count--) {
      time.at(random.next() * faultsEndAt, () => world.note(`clocks are set by ${this.wall.jump(random)} ms`));
    }
  }

  private readLog(): void {
    const { log, oracle, shards } = this.world;
    for (let shard = 0; shard < shards; shard++) {
      const partition = shardPartition(indexId, shard);
      log.subscribe(partition, 0, (batch) => {
        oracle.of(partition).take(batch);
        this.world.note(`${partition} has ${batch.firstOffset} to ${batch.firstOffset + batch.count - 1}`);
      });
    }
  }

  private makeRoot(): JudgeRoot {
    const { world, leaves, hasTag } = this;
    const version = this.isUpgraded ? 'next' : 'this';
    return new JudgeRoot(`root-${this.rootsMade++}`, world, { leaves, version, hasTag });
  }

  private scheduleFaults(): void {
    const { random, time } = this;
    for (let count = random.integer(0, 8); count > 0; count--) {
      const from = random.next() * faultsEndAt;
      const until = Math.min(faultsEndAt, from + random.integer(20, 2500));
      const leaf = random.pick(this.leaves);
      const fault = random.integer(0, 11);
      time.at(from, () => this.begin(fault, leaf, until));
    }
  }

  private begin(fault: number, leaf: SimLeaf, until: number): void {
    const { time, random, world } = this;
    const during = (what: string, begin: () => void, end: () => void): void => {
      world.note(`${leaf.name} ${what} until ${until.toFixed(3)}`);
      begin();
      time.at(until, () => {
        end();
        leaf.wellSince = time.now();
      });
    };
    switch (fault) {
      case 0:
      case 1:
        leaf.crash();
        this.harmFiles(leaf);
        return void time.at(until, () => leaf.restart());
      case 2:
        world.note(`${leaf.name} stands still until ${until.toFixed(3)}`);
        return leaf.stall(until);
      case 3: {
        const { port } = leaf;
        return during(
          'is cut from the log',
          () => (port.isCut = true),
          () => (port.isCut = false),
        );
      }
      case 4:
        return during(
          'indexes slowly',
          () => (leaf.slowness = 300),
          () => (leaf.slowness = 1),
        );
      case 5:
        world.note(`the log is away until ${until.toFixed(3)}`);
        world.logFaults.isAway = true;
        return void time.at(until, () => (world.logFaults.isAway = false));
      case 6:
        world.note(`the log is full until ${until.toFixed(3)}`);
        world.log.fill(true);
        return void time.at(until, () => world.log.fill(false));
      case 7:
        return this.crashRoot(random.pick(this.roots), until);
      case 8:
        world.note('the log is killed and starts again');
        return world.log.restart();
      case 9:
        return this.loseDisk(leaf, until);
      default:
        return this.disturb(
          leaf,
          random.pick<Partial<LinkFaults>>([
            { cut: true },
            { lossChance: 0.4 },
            { slownessMs: 50, duplicateChance: 0.3 },
          ]),
          until,
        );
    }
  }

  /** Nothing can be written to the disk of a leaf: what it cannot write it goes on without, and writes later. */
  private loseDisk(leaf: SimLeaf, until: number): void {
    this.world.note(`${leaf.name} cannot write until ${until.toFixed(3)}`);
    leaf.obstructDisk(true);
    this.time.at(until, () => leaf.obstructDisk(false));
  }

  private harmFiles(leaf: SimLeaf): void {
    const draw = this.random.next();
    if (draw < 0.3) leaf.loseFolder();
    else if (draw < 0.5) leaf.damageFile();
  }

  /** Between its root and the leaf, in both directions or in one. */
  private disturb(leaf: SimLeaf, differs: Partial<LinkFaults>, until: number): void {
    const { random, time } = this;
    const path = random.pick(this.roots).paths.find((each) => each.leaf === leaf)!;
    const links = random.chance(0.5) ? [path.there, path.back] : [random.pick([path.there, path.back])];
    this.world.note(`${leaf.name} has a bad link until ${until.toFixed(3)}`);
    for (const link of links) link.faults = { ...noLinkFaults, ...differs };
    time.at(until, () => {
      const root = this.roots.find(({ paths }) => paths.includes(path));
      if (root !== undefined) for (const link of links) link.faults = noLinkFaults;
      leaf.wellSince = time.now();
    });
  }

  /** Another is made in its place: at once, where it is the only one. */
  private crashRoot(root: JudgeRoot, until: number): void {
    const at = this.roots.indexOf(root);
    if (at < 0) return;
    this.world.note(`${root.name} dies`);
    root.crash();
    this.roots.splice(at, 1);
    if (this.roots.length === 0) this.roots.push(this.makeRoot());
    else this.time.at(until, () => this.roots.push(this.makeRoot()));
  }

  /** All at once, so that nobody tells what became of what is under way. */
  private crashLeaves(): void {
    for (const leaf of this.leaves) {
      leaf.crash();
      this.time.after(this.random.integer(500, 1500), () => leaf.restart());
    }
  }

  /** What operators do: a field more, leaf after leaf a newer version, and roots after that or before. */
  private scheduleChanges(): void {
    const { random, time } = this;
    const within = (from: number, until: number): number => from + random.next() * (until - from);
    if (random.chance(0.6)) {
      const at = within(500, faultsEndAt);
      if (random.chance(0.5)) time.at(at, () => this.crashLeaves());
      const learn = (act: () => void): void => void time.at(within(at, at + 1000), act);
      for (const leaf of this.leaves) learn(() => leaf.learnTag());
      learn(() => {
        this.hasTag = true;
        for (const root of this.roots) root.catalog = catalogOf(this.world, true);
      });
    }
    if (!random.chance(0.4)) return;
    time.at(within(500, faultsEndAt), () => {
      this.world.note('roots of the next version');
      this.isUpgraded = true;
      for (const root of this.roots.slice()) this.crashRoot(root, time.now() + random.integer(1, 300));
    });
    for (const leaf of this.leaves) {
      time.at(within(500, faultsEndAt), () => {
        leaf.version = 'next';
        leaf.crash();
        time.at(time.now() + random.integer(1, 500), () => leaf.restart());
      });
    }
  }

  private heal(): void {
    const { logFaults } = this.world;
    logFaults.isAway = logFaults.isLossy = false;
    this.world.log.fill(false);
    for (const leaf of this.leaves) {
      leaf.slowness = 1;
      leaf.obstructDisk(false);
      leaf.restart();
      leaf.port.isCut = false;
    }
    for (const root of this.roots) {
      for (const { there, back } of root.paths) there.faults = back.faults = noLinkFaults;
    }
  }

  private onOutcome(root: JudgeRoot, line: LineOutcome, askedAt: number): void {
    const { time } = this;
    const { oracle } = this.world;
    const { partition, key, outcome } = line;
    const offset = line.offset!;
    this.world.note(`${root.name} tells ${partition} ${offset} ${key} ${outcome?.result ?? 'uncertain'}`);
    this.told.push(line);
    if (outcome !== null) return;
    this.uncertain++;
    const log = oracle.of(partition);
    // Replicas that are as far as the log have forgotten it.
    if (!log.outcomesAt(log.head).some(([at]) => at === offset)) return;
    const shard = Number(partition.slice(partition.lastIndexOf('/') + 1));
    for (const { leaf, there, back } of root.paths) {
      if (there.faults !== noLinkFaults || back.faults !== noLinkFaults) continue;
      const since = Math.max(root.bornAt, leaf.couldTellSince(shard, offset));
      if (time.now() - since > tellableMs) {
        this.violate(`${root.name} is uncertain of ${partition} ${offset}, ${leaf.name} knows it since ${since}`);
      }
      const readySince = Math.max(root.bornAt, leaf.couldBeAskedSince(shard));
      if (time.now() - readySince > tellableMs && time.now() < askedAt + outcomesTimeoutMs / 2) {
        this.violate(`${root.name} is uncertain of ${partition} ${offset} at once, ${leaf.name} was there to be asked`);
      }
    }
  }

  private heads(): Map<string, number> {
    const partitions = Array.from({ length: this.world.shards }, (_, shard) => shardPartition(indexId, shard));
    return new Map(partitions.map((partition) => [partition, this.world.oracle.of(partition).head]));
  }

  /** A read sees all that was recorded when it was asked for. */
  private onRead(key: string, found: ReadDocument['found'], since: ReadonlyMap<string, number>): void {
    const partition = shardPartition(indexId, shardOfKey(key, this.world.shards));
    const log = this.world.oracle.of(partition);
    const seen = found === null ? 'nothing' : `${found.sequence}/${found.version}`;
    for (const offset of [since.get(partition)!, ...log.entries.keys()]) {
      if (offset < since.get(partition)!) continue;
      const there = log.documentAt(key, offset);
      if (seen === (there === null ? 'nothing' : `${there.sequence}/${there.version}`)) return;
    }
    this.violate(`${key} was read as ${seen}, which it was at no time since ${since.get(partition)}`);
  }

  /** What clients were told is what the log says, of the entry that was theirs. */
  private checkTold(): void {
    const { oracle } = this.world;
    for (const { partition, offset: place, key, outcome } of this.told) {
      // There is one index, and no alias.
      const offset = place!;
      const log = oracle.of(partition);
      const entry = log.entries.get(offset);
      if (entry?.key !== key || entry.kind !== 'judged')
        this.violate(`${partition} ${offset} is not an entry of ${key}`);
      const should = log.outcomes.get(offset);
      if (outcome === null || should === undefined) continue;
      const { result, version, sequence } = outcome;
      if (result === should.result && version === should.version && sequence === should.sequence) continue;
      this.violate(`${partition} ${offset}: told ${JSON.stringify(outcome)}, should be ${JSON.stringify(should)}`);
    }
  }

  /** What was acknowledged is in the log, and nothing twice. */
  private checkWritten(): void {
    const counts = new Map<string, number>();
    for (const { entries } of this.world.oracle.all()) {
      for (const { by } of entries.values()) if (by !== null) counts.set(by, (counts.get(by) ?? 0) + 1);
    }
    for (const { by, acknowledged } of this.clients.flatMap(({ written }) => written)) {
      by.forEach((name, i) => {
        if (name === null) return;
        const count = counts.get(name) ?? 0;
        if (count > 1) this.violate(`${name} is recorded ${count} times`);
        if (count === 0 && acknowledged.has(i + 1)) this.violate(`${name} was acknowledged and is not in the log`);
      });
    }
  }

  /** All replicas have all of the log, and remember alike, in their files too. */
  private checkRest(): void {
    const { oracle, shards, retention } = this.world;
    for (const leaf of this.leaves) {
      for (let shard = 0; shard < shards; shard++) {
        const fault = leaf.faultAtRest(shard, oracle.of(shardPartition(indexId, shard)).head);
        if (fault !== null) this.violate(`${leaf.name} shard ${shard} ${fault}`);
      }
      leaf.stop();
      for (let shard = 0; shard < shards; shard++) {
        const log = oracle.of(shardPartition(indexId, shard));
        const place = {
          folder: join(leaf.folder, 'indexes', indexId, String(shard)),
          indexId,
          shard,
          kind: 'document' as const,
        };
        const found = readReplica(place, openSegment, retention);
        if (found === null) continue;
        const after = { offset: found.offset + 1, deletions: found.history.deletions };
        const buried = [...found.history.entries()]
          .filter(
            ([key, tombstone]) =>
              log.documentAt(key, found.offset) === null && found.history.isRemembered(tombstone, after),
          )
          .map(([key, { sequence, version, origin }]) => `${key}@${sequence}/${version}/${origin}`)
          .sort()
          .join();
        const should = log.tombstones().join();
        if (buried !== should) this.violate(`${leaf.name} shard ${shard} remembers ${buried}, should ${should}`);
      }
    }
  }

  private violate(what: string): void {
    this.world.note(`VIOLATION ${what}`);
    this.violations.push(`at ${this.time.now().toFixed(1)}: ${what}`);
  }
}
