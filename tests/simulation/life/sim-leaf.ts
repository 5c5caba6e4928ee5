/** A leaf by the real decisions of `leaf/replicas`; its disk, its log and its timers are simulated. */
import { decide, hasHeirs, notElsewhere, type LeafView } from '../../../leaf/replicas/decide.ts';
import { departureOf } from '../../../leaf/replicas/departure.ts';
import { sourcesOf } from '../../../leaf/replicas/hand-over.ts';
import { answers, born, stepLife, type Life, type LifeEffect, type LifeEvent } from '../../../leaf/replicas/life.ts';
import { ringOf, takeMembers, type KnownMembers } from '../../../leaf/replicas/known-members.ts';
import { nextIncarnation, outdatedBy } from '../../../leaf/replicas/incarnation.ts';
import { Hearsay } from '../../../leaf/replicas/hearsay.ts';
import type { CatalogState } from '../../../shared/catalog/catalog.ts';
import { replicasOf } from '../../../shared/protocol/replicas.ts';
import type { LeafReport, Members, ReplicaReport } from '../../../shared/protocol/reports.ts';
import { indexId, placementOf, type LifeWorld } from './world.ts';

/** By replica name: up to where the files of a replica reach. Outlives the process. */
export type Disk = Map<string, { readonly offset: number; readonly complete: boolean }>;

interface Held {
  readonly indexId: string;
  readonly shard: number;
  life: Life;
  /** Counts its openings, copies and subscriptions: what was begun before the last is void. */
  turn: number;
}

export interface LeafWorld extends LifeWorld {
  /** What is stored of the number of each leaf's life. */
  readonly lives: Map<string, number>;
  readonly drawLife: () => number;
  /** The zone that a leaf which starts is in; undefined where it is in none. */
  readonly drawZone: (leaf: string) => string | undefined;
  readonly find: (leaf: string) => SimLeaf | undefined;
  readonly onReport: (leaf: SimLeaf, report: LeafReport) => void;
  readonly onEnd: (leaf: SimLeaf) => void;
}

const graceMs = 25_000;
const lingerMs = 2000;

export class SimLeaf {
  readonly name: string;
  readonly zone: string | undefined;
  readonly disk: Disk;
  incarnation: number;
  readonly held = new Map<string, Held>();
  alive = true;
  leaving = false;
  readonly heard: Hearsay;
  private readonly world: LeafWorld;
  private known: KnownMembers | null = null;
  private catalog: CatalogState;
  private sequence = 0;
  private reportSoon = false;

  constructor(world: LeafWorld, name: string, disk: Disk) {
    this.world = world;
    this.name = name;
    this.zone = world.drawZone(name);
    this.disk = disk;
    this.catalog = world.catalog;
    this.incarnation = nextIncarnation(world.lives.get(name) ?? 0, world.drawLife);
    world.lives.set(name, this.incarnation);
    this.heard = new Hearsay(name);
    this.heartbeat();
  }

  answersFor(name: string): boolean {
    const replica = this.held.get(name);
    return this.alive && replica !== undefined && answers(replica.life);
  }

  report(): LeafReport {
    const replicas = replicasOf(Array.from(this.held.values(), reportOf));
    const { name: leaf, zone, incarnation, leaving: draining } = this;
    const sequence = ++this.sequence;
    const report = { leaf, incarnation, sequence, draining, queued: 0, replicas, seen: this.heard.all.seen() };
    return zone === undefined ? report : { ...report, zone };
  }

  members(root: object, members: Members): void {
    const { leaves, peers } = members;
    if (!this.alive) return;
    this.outlive(peers);
    if (this.heard.take(root, peers)) this.changed();
    if (leaves.includes(this.name) || this.leaving) this.known = takeMembers(this.known, members);
    this.decide();
  }

  private outlive(peers: Members['peers']): void {
    const { name: leaf, incarnation, sequence } = this;
    const newer = outdatedBy({ leaf, incarnation, sequence }, peers);
    if (newer === null) return;
    this.incarnation = nextIncarnation(newer.incarnation, this.world.drawLife);
    this.world.lives.set(leaf, this.incarnation);
    this.changed();
  }

  rootGone(root: object): void {
    this.heard.left(root);
    this.decide();
  }

  /** SIGTERM. */
  terminate(): void {
    const askedAt = this.world.time.now();
    this.world.trace(`${this.name} is asked to end`);
    if (this.departure(askedAt) === 'alone') return this.end();
    this.leaving = true;
    this.decide();
    this.changed();
    this.waitToEnd(askedAt);
  }

  /** SIGKILL. */
  kill(): void {
    this.world.trace(`${this.name} is killed`);
    this.end();
  }

  /** The catalog has changed: the leaf reads it when it comes to that. */
  catalogChanged(catalog: CatalogState): void {
    this.world.time.after(this.world.random.integer(1, 1000), () => {
      if (catalog.offset > this.catalog.offset) this.catalog = catalog;
      this.decide();
    });
  }

  private decide(): void {
    if (!this.alive || this.known === null) return;
    const { open, events } = decide(this.held, this.view());
    for (const { name, event } of events) this.live(name, event);
    for (const placed of open) {
      const name = `${indexId}/${placed.shard}`;
      this.held.set(name, { indexId, shard: placed.shard, life: born.life, turn: 0 });
      this.carryOut(name, born.effects);
    }
    if (open.length > 0) this.changed();
  }

  private waitToEnd(askedAt: number): void {
    this.world.time.after(20, () => {
      if (!this.alive) return;
      const departure = this.departure(askedAt);
      if (departure === 'wait') return this.waitToEnd(askedAt);
      if (departure === 'overdue')
        this.world.violate(`${this.name} did not hand over ${notElsewhere(this.held, this.view()).join()}`);
      this.end();
    });
  }

  private departure(askedAt: number): ReturnType<typeof departureOf> {
    return departureOf({
      now: this.world.time.now(),
      askedAt,
      graceMs,
      hasRoots: this.heard.byRoot.length > 0,
      hasHeirs: hasHeirs(this.known?.leaves ?? [], { own: this.name, heard: this.heard }),
      hasHeard: !this.heard.all.isEmpty,
      notElsewhere: notElsewhere(this.held, this.view()).length,
      tasks: 0,
      lastTaskAt: 0,
    });
  }

  private end(): void {
    this.alive = false;
    this.world.onEnd(this);
  }

  private view(): LeafView {
    const { name: own, incarnation, heard, leaving } = this;
    const { leaves, zones } = ringOf(this.known ?? { leaves: [] }, { name: own, zone: this.zone ?? null });
    const placed = leaving ? leaves.filter((leaf) => leaf !== own) : leaves;
    const placement = placementOf(this.catalog, { leaves: placed, zones });
    return { own, incarnation, placement, heard, leaving, nextSequence: this.sequence + 1 };
  }

  private live(name: string, event: LifeEvent): void {
    const replica = this.held.get(name);
    if (!this.alive || replica === undefined) return;
    const { life, effects } = stepLife(replica.life, event);
    const isOther = life.kind !== replica.life.kind;
    if (isOther) this.world.trace(`${this.name} ${name} ${replica.life.kind} → ${life.kind}`);
    replica.life = life;
    if (replica.life.kind === 'ready') this.disk.set(name, { offset: replica.life.offset, complete: true });
    this.carryOut(name, effects);
    if (life.kind === 'closed') this.held.delete(name);
    if (isOther) this.changed();
  }

  private carryOut(name: string, effects: readonly LifeEffect[]): void {
    for (const effect of effects) this.carryOutOne(name, effect);
  }

  private carryOutOne(name: string, effect: LifeEffect): void {
    const { random, heads } = this.world;
    const replica = this.held.get(name)!;
    const head = (): number => heads[replica.shard]!;
    switch (effect.kind) {
      case 'open': {
        const { offset = -1, complete = false } = this.disk.get(name) ?? {};
        const sources = (): string[] => sourcesOf(indexId, replica.shard, this.heard.all);
        return this.later(name, random.integer(1, 200), () => ({
          kind: 'opened',
          offset,
          complete,
          sources: sources(),
        }));
      }
      case 'copy':
        return this.later(name, random.integer(5, 3000), () => this.copied(name, effect.from));
      case 'subscribe':
        return this.follow(name, replica.turn);
      case 'readHead':
        return this.later(name, random.integer(1, 50), () => ({ kind: 'headRead', head: head() }));
      case 'readHeadLater':
        return this.later(name, 500, () => ({ kind: 'headRead', head: head() }));
      case 'warm':
        return this.later(name, random.integer(1, 100), () => ({ kind: 'warmed' }));
      case 'linger':
        return this.later(name, lingerMs, () => ({ kind: 'lingered' }));
      case 'reopenLater':
        return this.later(name, 1000, () => ({ kind: 'pauseOver' }));
      case 'unsubscribe':
        replica.turn++;
        return;
      case 'discard':
        this.disk.delete(name);
        return;
    }
  }

  /** An event of this turn of the replica's life. */
  private later(name: string, delayMs: number, makeEvent: () => LifeEvent): void {
    const replica = this.held.get(name)!;
    const { turn } = replica;
    this.world.time.after(delayMs, () => {
      if (this.held.get(name) === replica && replica.turn === turn) this.live(name, makeEvent());
    });
  }

  private copied(name: string, from: string): LifeEvent {
    const source = this.world.find(from);
    const isThere = source?.answersFor(name) === true && !this.world.random.chance(this.world.copyFaultChance);
    const files = isThere ? source.disk.get(name) : undefined;
    if (files === undefined) return { kind: 'copyFailed' };
    this.disk.set(name, files);
    return { kind: 'copied' };
  }

  /** Reads the log, by pieces, up to its end and on. */
  private follow(name: string, turn: number): void {
    const replica = this.held.get(name);
    this.world.time.after(this.world.random.integer(5, 150), () => {
      if (replica === undefined || this.held.get(name) !== replica || replica.turn !== turn || !this.alive) return;
      const { life } = replica;
      const head = this.world.heads[replica.shard]!;
      if ('offset' in life && life.offset < head) {
        this.live(name, { kind: 'published', offset: this.world.random.integer(life.offset + 1, head) });
      }
      this.follow(name, turn);
    });
  }

  private changed(): void {
    if (this.reportSoon) return;
    this.reportSoon = true;
    this.world.time.after(100, () => {
      this.reportSoon = false;
      if (this.alive) this.world.onReport(this, this.report());
    });
  }

  private heartbeat(): void {
    this.world.time.after(250, () => {
      if (!this.alive) return;
      this.world.onReport(this, this.report());
      this.heartbeat();
    });
  }
}

function reportOf({ shard, life }: Held): ReplicaReport {
  const base = { index: indexId, shard, offset: 'offset' in life ? life.offset : -1, documents: 0 };
  if ('since' in life) return { ...base, state: 'draining', since: life.since };
  return { ...base, state: life.kind === 'ready' ? 'ready' : 'loading' };
}
