/** One cluster from one seed: an operator changes it, and every moment is looked at. */
import { createHash } from 'node:crypto';
import { createRandom, type Random } from '../../../shared/random/random.ts';
import { VirtualTime } from '../virtual-time.ts';
import { SimLeaf, type Disk, type LeafWorld } from './sim-leaf.ts';
import { SimRoot } from './sim-root.ts';
import { catalogOf, placementOf } from './world.ts';

export interface LifeOutcome {
  readonly violations: readonly string[];
  readonly changes: number;
  readonly hash: string;
}

/** A change takes this long at most; the place of a lost leaf is kept for half of it. */
const settleMsMax = 60_000;
const lookMs = 10;

/** @param trace is given every step */
export async function simulateLife(
  seed: number,
  trace: (line: string) => void = () => undefined,
): Promise<LifeOutcome> {
  return await new Cluster(seed, trace).run();
}

class Cluster {
  private readonly time = new VirtualTime();
  private readonly random: Random;
  /** Apart from the other, so that what is drawn of one thing leaves the rest as it is. */
  private readonly lifeRandom: Random;
  private readonly zoneRandom: Random;
  /** The zones of leaves, `none` among them; in some clusters there is none else. */
  private readonly zones: readonly string[];
  private readonly zoneOf = new Map<string, string>();
  private readonly world: LeafWorld;
  private readonly violations: string[] = [];
  private readonly hash = createHash('sha256');
  private readonly disks = new Map<string, Disk>();
  private readonly leaves = new Map<string, SimLeaf>();
  private readonly roots = new Map<string, SimRoot>();
  /** The names that discovery gives. */
  private readonly discovered = new Set<string>();
  private replicas: number;
  /** How many leaves there should be. */
  private size: number;
  private readonly isRough: boolean;
  /** Whether a shard may be missing: somebody was killed, and all is not well again. */
  private isExcused = true;
  private changes = 0;

  constructor(seed: number, trace: (line: string) => void) {
    this.random = createRandom(seed);
    this.lifeRandom = createRandom(seed ^ 0x11fe);
    this.zoneRandom = createRandom(seed ^ 0x20e5);
    this.zones = this.zoneRandom.pick([['none'], ['x', 'y'], ['x', 'y', 'z'], ['x', 'y', 'none']]);
    this.isRough = seed % 3 === 0;
    const shards = this.random.integer(1, 6);
    this.replicas = this.random.integer(1, 3);
    this.size = this.random.integer(1, 4);
    this.world = {
      time: this.time,
      random: this.random,
      shards,
      heads: Array.from({ length: shards }, () => this.random.integer(-1, 50)),
      catalog: catalogOf(0, shards, this.replicas),
      stuckChance: this.random.pick([0.02, 0.1, 0.3]),
      copyFaultChance: this.random.pick([0, 0.1, 0.5]),
      trace: (line) => {
        const text = `${this.time.now()} ${line}`;
        this.hash.update(text);
        trace(`${text}\n`);
      },
      violate: (what) => this.violate(what),
      lives: new Map(),
      drawLife: () => this.lifeRandom.next(),
      drawZone: (leaf) => this.drawZone(leaf),
      find: (leaf) => this.leaves.get(leaf),
      onReport: (leaf, report) => this.roots.forEach((root) => root.receive(leaf, report)),
      onEnd: (leaf) => this.ended(leaf),
    };
  }

  /** What throws, or never comes to an end, is an invariant broken: it has a seed like any other. */
  async run(): Promise<LifeOutcome> {
    try {
      await this.live();
    } catch (error) {
      this.violate((error as Error).message);
    }
    return { violations: this.violations, changes: this.changes, hash: this.hash.digest('hex').slice(0, 16) };
  }

  private async live(): Promise<void> {
    for (const name of ['root-0', 'root-1']) this.startRoot(name);
    for (let i = 0; i < this.size; i++) this.start(i);
    this.look();
    this.write();
    await this.settle('the first start');
    this.isExcused = false;
    for (let i = this.random.integer(2, 6); i > 0 && this.violations.length === 0; i--) await this.change();
  }

  private async change(): Promise<void> {
    this.changes++;
    const kinds = [
      'up',
      'down',
      'down',
      'roll',
      'rollRoots',
      'replicas',
      'both',
      'atOnce',
      'atOnce',
      'atOnce',
      'atOnce',
    ] as const;
    const kind = this.isRough && this.random.chance(0.5) ? 'kill' : this.random.pick(kinds);
    this.world.trace(`change: ${kind}`);
    switch (kind) {
      case 'up':
        this.scale(this.size + this.random.integer(1, 4));
        break;
      case 'down':
        this.scale(this.random.integer(1, this.size));
        break;
      case 'roll':
        await this.roll();
        break;
      case 'rollRoots':
        await this.rollRoots();
        break;
      case 'replicas':
        this.setReplicas();
        break;
      case 'both':
        // Somebody changes their mind before the first change is through.
        this.scale(this.size + this.random.integer(1, 3));
        await this.wait(this.random.integer(0, 4000));
        this.setReplicas();
        await this.wait(this.random.integer(0, 4000));
        this.scale(this.random.integer(1, this.size));
        break;
      case 'atOnce':
        for (let i = this.random.integer(1, 3); i > 0; i--) {
          if (this.random.chance(0.7)) this.setReplicas();
          if (this.random.chance(0.7)) this.scale(Math.max(1, this.size + this.random.integer(-1, 1)));
          await this.wait(this.random.integer(0, 1500));
        }
        break;
      case 'kill':
        await this.kill();
        break;
    }
    await this.settle(kind);
    this.isExcused = false;
  }

  /** What the StatefulSet controller does with `podManagementPolicy: Parallel`. */
  private scale(size: number): void {
    this.world.trace(`scale ${this.size} → ${size}`);
    for (let i = this.size; i < size; i++) this.start(i);
    for (let i = this.size - 1; i >= size; i--) this.terminate(i);
    this.size = size;
  }

  /** A leaf that is alone has nobody to hand over to. */
  private async roll(): Promise<void> {
    if (this.size === 1) return;
    for (let i = this.size - 1; i >= 0; i--) {
      this.terminate(i);
      await this.until(() => !this.leaves.has(nameOf(i)), `leaf-${i} ends`);
      await this.wait(this.random.integer(10, 3000));
      this.start(i);
      await this.until(() => this.isSettled(), `leaf-${i} is ready again`);
    }
  }

  private async rollRoots(): Promise<void> {
    for (const name of Array.from(this.roots.keys())) {
      this.roots.get(name)!.end();
      this.roots.delete(name);
      await this.wait(this.random.integer(10, 2000));
      this.startRoot(name);
      await this.until(() => this.roots.get(name)!.isReady, `${name} is ready again`);
    }
  }

  private setReplicas(): void {
    this.replicas = this.random.integer(1, 3);
    this.world.trace(`replicas ${this.replicas}`);
    const { catalog, shards } = this.world;
    this.world.catalog = catalogOf(catalog.offset + 1, shards, this.replicas);
    for (const leaf of this.leaves.values()) leaf.catalogChanged(this.world.catalog);
  }

  /** Some processes are killed, some with their disks, and started again after a while. */
  private async kill(): Promise<void> {
    this.isExcused = true;
    const victims = [...this.leaves.values()].filter(() => this.random.chance(0.5));
    for (const leaf of victims) {
      leaf.kill();
      if (this.random.chance(0.3)) this.disks.delete(leaf.name);
      await this.wait(this.random.integer(0, 2000));
    }
    await this.wait(this.random.integer(0, 40_000));
    for (const { name } of victims) if (!this.leaves.has(name)) this.start(Number(name.slice('leaf-'.length)));
  }

  private start(ordinal: number): void {
    const name = nameOf(ordinal);
    const before = this.leaves.get(name);
    // A pod that is on its way out is awaited.
    if (before !== undefined) return void this.time.after(50, () => ordinal < this.size && this.start(ordinal));
    const disk = this.disks.get(name) ?? new Map();
    this.disks.set(name, disk);
    // Its count is lost with the folder, or put back from an old copy.
    if (this.lifeRandom.chance(0.2)) this.world.lives.delete(name);
    const leaf = new SimLeaf(this.world, name, disk);
    this.leaves.set(name, leaf);
    this.world.trace(`${name} starts`);
    this.discovered.add(name);
    for (const root of this.roots.values()) this.introduce(root);
  }

  /** Most leaves come back to the zone that they were in. */
  private drawZone(leaf: string): string | undefined {
    const before = this.zoneOf.get(leaf);
    const zone = before === undefined || this.zoneRandom.chance(0.1) ? this.zoneRandom.pick(this.zones) : before;
    this.zoneOf.set(leaf, zone);
    return zone === 'none' ? undefined : zone;
  }

  private terminate(ordinal: number): void {
    const name = nameOf(ordinal);
    // An endpoint may be taken away when its pod is asked to end, or when it has.
    if (this.random.chance(0.5)) this.discovered.delete(name);
    for (const root of this.roots.values()) this.introduce(root);
    this.leaves.get(name)?.terminate();
  }

  private startRoot(name: string): void {
    const root = new SimRoot(this.world, name);
    this.roots.set(name, root);
    this.introduce(root);
  }

  /** Discovery tells a root, which connects. */
  private introduce(root: SimRoot): void {
    this.time.after(this.random.integer(1, 500), () => {
      if (!root.alive) return;
      root.discovered(this.discovered);
      for (const name of this.discovered) {
        const leaf = this.leaves.get(name);
        if (leaf !== undefined) this.time.after(this.random.integer(1, 300), () => root.connect(leaf));
      }
    });
  }

  private ended(leaf: SimLeaf): void {
    this.world.trace(`${leaf.name} has ended`);
    this.leaves.delete(leaf.name);
    if (Number(leaf.name.slice('leaf-'.length)) >= this.size) this.discovered.delete(leaf.name);
    for (const root of this.roots.values()) {
      root.disconnected(leaf);
      this.introduce(root);
    }
  }

  private write(): void {
    this.time.after(this.random.integer(20, 400), () => {
      this.world.heads[this.random.integer(0, this.world.shards - 1)]! += this.random.integer(1, 5);
      this.write();
    });
  }

  /** Is everything there that a query may ask for? */
  private look(): void {
    this.time.after(lookMs, () => {
      if (this.violations.length > 0) return;
      if (!this.isExcused) {
        for (const root of this.roots.values()) {
          const missing = root.isReady ? root.shardsWithout() : [];
          if (missing.length > 0) this.violate(`${root.name} knows nobody who answers for shards ${missing.join()}`);
        }
      }
      this.look();
    });
  }

  private isSettled(): boolean {
    const names = Array.from({ length: this.size }, (_, i) => nameOf(i)).sort();
    if ([...this.leaves.keys()].sort().join() !== names.join()) return false;
    const zones = names.flatMap((name) => {
      const { zone } = this.leaves.get(name)!;
      return zone === undefined ? [] : [[name, zone] as const];
    });
    const placement = placementOf(this.world.catalog, { leaves: names, zones: new Map(zones) });
    for (const leaf of this.leaves.values()) {
      const wanted = [...placement].filter(([, { owners }]) => owners.includes(leaf.name));
      if (wanted.length !== leaf.held.size) return false;
      if (wanted.some(([name]) => leaf.held.get(name)?.life.kind !== 'ready')) return false;
    }
    return [...this.roots.values()].every((root) => {
      return root.isReady && root.ring.join() === names.join() && root.shardsWithout().length === 0;
    });
  }

  private async settle(what: string): Promise<void> {
    await this.until(() => this.isSettled(), `${what} is through`);
    await this.wait(this.random.integer(0, 3000));
  }

  private async wait(ms: number): Promise<void> {
    await this.time.runUntil(this.time.now() + ms, () => this.violations.length > 0);
  }

  private async until(condition: () => boolean, what: string): Promise<void> {
    let nextLookAt = 0;
    let done = false;
    const isDone = (): boolean => {
      if (done || this.time.now() < nextLookAt) return done;
      nextLookAt = this.time.now() + lookMs;
      done = this.violations.length > 0 || condition();
      return done;
    };
    await this.time.runUntil(this.time.now() + settleMsMax, isDone);
    if (!done) this.violate(`${what}: not within ${settleMsMax} ms`);
  }

  private violate(what: string): void {
    this.world.trace(`VIOLATION ${what}`);
    if (this.violations.length < 10) this.violations.push(`at ${this.time.now()} ms: ${what}`);
  }
}

function nameOf(ordinal: number): string {
  return `leaf-${ordinal}`;
}
