/**
 * One simulated cluster, from one seed: roots with the real read path, leaves with the real scheduler, a network,
 * clients that ask open loop, and faults that heal, or more load than the leaves can bear. Says what invariants were
 * broken, and a hash of everything that happened.
 */
import { createHash } from 'node:crypto';
import { spreads, type SearchRequest } from '../../shared/query/request.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { usualHolding, type Holding } from '../../root/plan/hold-sources.ts';
import { ask, type Query, type QueryEnd } from './client.ts';
import { scheduleFaults } from './faults.ts';
import { exponential, Link } from './link.ts';
import { LoggedWrites } from './logged-writes.ts';
import { makeModel, makeRequest, tokenOf, write, type Model } from './model.ts';
import { drawShape, type Shape } from './shape.ts';
import { SimLeaf } from './sim-leaf.ts';
import { SimRoot } from './sim-root.ts';
import { VirtualTime } from './virtual-time.ts';

export interface Outcome {
  /** Of every line of the trace: the same seed gives the same hash. */
  readonly hash: string;
  readonly violations: readonly string[];
  readonly ends: Readonly<Record<QueryEnd, number>>;
  readonly hedges: { issued: number; won: number; wasted: number; refused: number };
  /** Complete answers to what was asked while more was asked than could be done; 0 where that is not the trouble. */
  readonly goodAnswers: number;
}

/** When things happen, in virtual milliseconds. */
const faultsFrom = 500;
const healedAt = 4000;
/** One cluster in so many writes through a log that has faults of its own. */
const loggedOneIn = 4;
/** Few hits, which all bring their sources, and so many that leaves hold some back. */
const pages = [
  { from: 0, size: 5 },
  { from: 0, size: 20 },
  { from: 5, size: 20 },
  { from: 8, size: 4 },
];
/** As usual; so many that few are fetched; so few that most searches fetch. */
const holdings: readonly Holding[] = [
  usualHolding,
  { hitsMin: 20, deviations: 1, extra: 0, deepFrom: 100, learns: false },
  { hitsMin: 2, deviations: 0, extra: 0, deepFrom: 4, learns: false },
];
/** Longest ejection and a little: a live leaf that is not asked by then is starved. */
const starvedAfterMs = 320_000;
/** Overload is noticed and answered by then; from there on the leaves must do nearly all that they can. */
const overloadKnownMs = 700;
/** What a cluster can do is what the same one does when it is asked for so much of its capacity. */
const nearlyAll = 0.95;
const goodputShareMin = 0.9;
/** Of the interactive queries that want all and are let in meanwhile so many must be answered in full: else they had better been refused. */
const keptShareMin = 0.99;
/** A cluster that breaks so much is broken: it ends there, before what a bug has piled up takes for ever to work through. */
const violationsMax = 10;

export async function simulate(seed: number, onLine: (line: string) => void = () => undefined): Promise<Outcome> {
  const run = new Run(seed, onLine);
  if (!run.isOverloaded) return await run.play();
  const { goodAnswers } = await new Run(seed, () => undefined, nearlyAll).play();
  run.couldAnswer = goodAnswers;
  return await run.play();
}

class Run {
  private readonly time = new VirtualTime();
  private readonly random: Random;
  private readonly shape: Shape;
  private readonly model: Model;
  private readonly leaves: readonly SimLeaf[];
  /** By leaf, in the order of the roots. */
  private readonly linksTo = new Map<SimLeaf, Link[]>();
  private readonly linksFrom = new Map<SimLeaf, Link[]>();
  private readonly roots: readonly SimRoot[];
  /** Null where what is written is there at once. */
  private readonly logged: LoggedWrites | null;
  private readonly hedges = { issued: 0, won: 0, wasted: 0, refused: 0 };
  private readonly hash = createHash('sha256');
  private readonly onLine: (line: string) => void;
  private readonly violations: string[] = [];
  private readonly ends: Record<QueryEnd, number> = { complete: 0, incomplete: 0, 'too low': 0, refused: 0, left: 0 };
  private queries = 0;
  private openQueries = 0;
  /** Complete answers to what was asked while overload was known. */
  private goodAnswers = 0;
  /** Interactive queries that wanted all, were let in while overload was known, and stayed: all, and those answered in full. */
  private readonly promised = { all: 0, kept: 0 };
  /** How many it could give, where that is known. */
  couldAnswer: number | null = null;

  /** @param factor how much is asked of a cluster that is overloaded, in place of too much */
  constructor(seed: number, onLine: (line: string) => void, factor?: number) {
    this.onLine = onLine;
    const { time } = this;
    const random = createRandom(seed);
    this.random = random;
    this.shape = drawShape(random, factor);
    const { leaves, roots, shards, replicas } = this.shape;
    this.model = makeModel(random, shards, replicas);
    this.leaves = this.makeLeaves();
    const links = (): Link[] => Array.from({ length: roots }, () => new Link(time, random));
    for (const leaf of this.leaves) {
      this.linksTo.set(leaf, links());
      this.linksFrom.set(leaf, links());
    }
    this.roots = Array.from({ length: roots }, (_, i) => this.makeRoot(i));
    this.logged = seed % loggedOneIn === 3 && !this.isOverloaded ? this.makeLogged(seed) : null;
    const trouble = this.shape.overload === null ? '' : ', overloaded';
    this.note(`${roots} roots, ${leaves} leaves, ${shards} shards, ${replicas} replicas${trouble}`);
  }

  get isOverloaded(): boolean {
    return this.shape.overload !== null;
  }

  /** What throws, or never comes to an end, is an invariant broken: it has a seed like any other. */
  async play(): Promise<Outcome> {
    try {
      await this.live();
    } catch (error) {
      this.violate((error as Error).message);
    } finally {
      this.logged?.end();
    }
    const { violations, ends, hedges, goodAnswers } = this;
    return { hash: this.hash.digest('hex'), violations, ends, hedges, goodAnswers };
  }

  private async live(): Promise<void> {
    const { time, random, leaves } = this;
    if (this.shape.overload === null) {
      const targets = {
        time,
        random,
        leaves,
        linksTo: (leaf: SimLeaf) => this.linksTo.get(leaf)!,
        linksFrom: (leaf: SimLeaf) => this.linksFrom.get(leaf)!,
        note: (line: string) => this.note(line),
      };
      scheduleFaults(targets, faultsFrom, healedAt);
      this.logged?.scheduleFaults(faultsFrom, healedAt);
    }
    this.askOpenLoop();
    this.writeOpenLoop();
    await time.runUntil(this.shape.endsAt, () => this.isBroken);
    if (!this.isBroken) await this.checkStarvation();
    if (!this.isBroken) this.checkRest();
  }

  private makeLeaves(): SimLeaf[] {
    const { leaves, replicas, taskMs } = this.shape;
    const { time, random, model } = this;
    const names = Array.from({ length: leaves }, (_, i) => `leaf-${i}`);
    const owned = new Map(names.map((name) => [name, [] as number[]]));
    for (const shard of model.shards.keys()) {
      for (const name of random.shuffle(names).slice(0, replicas)) owned.get(name)!.push(shard);
    }
    const violate = (what: string): void => this.violate(what);
    return names.map((name) => new SimLeaf(name, owned.get(name)!, { time, random, model, taskMs, violate }));
  }

  private makeRoot(at: number): SimRoot {
    const { time, random } = this;
    return new SimRoot(`root-${at}`, {
      time,
      random,
      paths: this.leaves.map((leaf) => {
        return { leaf, there: this.linksTo.get(leaf)![at]!, back: this.linksFrom.get(leaf)![at]! };
      }),
      onHedges: (counts) => {
        for (const each of ['issued', 'won', 'wasted', 'refused'] as const) this.hedges[each] += counts[each];
      },
      note: (line) => this.note(line),
      violate: (what) => this.violate(what),
    });
  }

  /** Clients ask whether or not they were answered. */
  private askOpenLoop(): void {
    const next = (): void => {
      const now = this.time.now();
      if (now >= this.shape.endsAt - 1000) return;
      this.askOne();
      this.time.after(exponential(this.random, 1000 / this.shape.rateAt(now)), next);
    };
    // The first reports are there by then.
    this.time.after(50, next);
  }

  /** Documents are added to any shard, and every leaf that has it hears of it. */
  private writeOpenLoop(): void {
    const { time, random, shape } = this;
    if (shape.writesPerSecond === 0) return;
    const next = (): void => {
      if (time.now() >= shape.endsAt - 1000) return;
      const shard = random.integer(0, shape.shards - 1);
      if (this.logged === null) this.record(shard);
      else void this.logged.write(shard);
      time.after(exponential(random, 1000 / shape.writesPerSecond), next);
    };
    time.after(exponential(random, 1000 / shape.writesPerSecond), next);
  }

  private record(shard: number): void {
    const offset = write(this.model, shard, this.random);
    this.note(`shard ${shard} has ${offset}`);
    for (const leaf of this.leaves) leaf.follow(shard, offset);
  }

  private makeLogged(seed: number): LoggedWrites {
    const { time, model } = this;
    return new LoggedWrites(seed, {
      time,
      indexId: model.index.id,
      shards: this.shape.shards,
      onRecorded: (shard) => this.record(shard),
      note: (line) => this.note(line),
      violate: (what) => this.violate(what),
    });
  }

  private askOne(): void {
    const { random, time, shape } = this;
    const arrivedAt = time.now();
    const mustBeLive = arrivedAt >= this.shape.liveAt;
    const timeoutMs = mustBeLive || shape.overload !== null ? 500 : random.integer(10, 500);
    const coverageMin = random.pick([0, 0.5, 0.9, 1, 1]);
    const written = [...this.model.shards.keys()].filter(() => random.chance(0.3));
    const request = makeRequest({
      scored: random.chance(shape.scoredShare),
      timeoutMs,
      coverageMin,
      coverageStrict: random.chance(0.5),
      spread: random.pick(spreads),
      priority: random.chance(shape.batchShare) ? 'batch' : 'interactive',
      trackTotalHits: random.pick([true, true, false, 3]),
      token: tokenOf(this.model, written),
      ...random.pick(pages),
    });
    const query: Query = {
      number: this.queries++,
      timeoutMs,
      coverageMin,
      request,
      holding: random.pick(holdings),
      arrivedAt,
      leavesAt: !mustBeLive && random.chance(0.05) ? arrivedAt + random.next() * timeoutMs : Infinity,
    };
    const root = random.pick(this.roots);
    this.note(`query ${query.number} asked, ${timeoutMs} ms, at least ${coverageMin}`);
    this.openQueries++;
    // A busy root begins a little later than the client asks.
    time.after(random.chance(0.3) ? random.next() * 5 : 0, () => void this.follow(query, root));
  }

  private async follow(query: Query, root: SimRoot): Promise<void> {
    const world = {
      root: root.dependencies,
      model: this.model,
      note: (line: string) => this.note(line),
      violate: (what: string) => this.violate(what),
    };
    const end = await ask(world, query);
    this.openQueries--;
    this.ends[end]++;
    if (this.isOverloadKnown(query.arrivedAt)) this.countUnderOverload(query, end);
    this.checkLiveness(query, end);
  }

  private countUnderOverload({ request }: Query, end: QueryEnd): void {
    if (end === 'complete') this.goodAnswers++;
    if (end === 'refused' || end === 'left' || request.priority === 'batch' || !wantsAll(request)) return;
    this.promised.all++;
    if (end === 'complete') this.promised.kept++;
  }

  /** What was asked after all had healed, or the load had gone back, must be answered in full. */
  private checkLiveness({ number, arrivedAt, request }: Query, end: QueryEnd): void {
    if (arrivedAt < this.shape.liveAt) return;
    // Batch queries may use a part of a limit that is not forgotten yet.
    const mayBeRefused = request.priority === 'batch' && this.shape.overload !== null;
    const isGood = end === 'complete' || (end === 'refused' ? mayBeRefused : !wantsAll(request));
    if (!isGood) this.violate(`query ${number} ${end} after all has healed`);
  }

  private get isBroken(): boolean {
    return this.violations.length >= violationsMax;
  }

  private isOverloadKnown(at: number): boolean {
    const { overload } = this.shape;
    return overload !== null && at >= overload.from + overloadKnownMs && at < overload.until;
  }

  /** Asks on until every live leaf that owns anything has served something, or it is certain that one is starved. */
  private async checkStarvation(): Promise<void> {
    const { time, leaves } = this;
    const before = new Map(leaves.map((leaf) => [leaf, leaf.served]));
    const starved = (): SimLeaf[] =>
      leaves.filter((leaf) => leaf.isUp && leaf.shards.size > 0 && leaf.served === before.get(leaf));
    const until = time.now() + starvedAfterMs;
    const next = (): void => {
      if (starved().length === 0 || time.now() >= until) return;
      this.askOne();
      time.after(200, next);
    };
    next();
    await time.runUntil(until, () => this.isBroken || starved().length === 0);
    if (this.isBroken) return;
    for (const leaf of starved()) this.violate(`${leaf.name} is never asked again`);
    await time.runUntil(time.now() + 2000);
  }

  private checkRest(): void {
    if (this.openQueries !== 0) this.violate(`${this.openQueries} queries never ended`);
    for (const root of this.roots) root.checkRest((what) => this.violate(what));
    this.logged?.checkRest();
    const { issued, won, wasted } = this.hedges;
    if (issued !== won + wasted) this.violate(`${issued} hedges, ${won} won, ${wasted} wasted`);
    this.checkGoodput();
    this.checkPromises();
  }

  /** Too much load must not cost what could be done all the same. */
  private checkGoodput(): void {
    if (this.couldAnswer === null) return;
    const share = this.goodAnswers / this.couldAnswer;
    this.note(
      `${this.goodAnswers} good answers under overload, ${this.couldAnswer} could be given: ${share.toFixed(3)}`,
    );
    if (share < goodputShareMin) this.violate(`goodput under overload was ${share.toFixed(3)} of what could be done`);
  }

  /** What is let in can be answered by its deadline. */
  private checkPromises(): void {
    const { all, kept } = this.promised;
    if (all === 0) return;
    this.note(`${all} queries were let in under overload, ${kept} of them were answered in full`);
    if (kept < keptShareMin * all)
      this.violate(`of ${all} queries let in under overload ${kept} were answered in full`);
  }

  private note(line: string): void {
    const text = `${this.time.now().toFixed(6)} ${line}\n`;
    this.hash.update(text);
    this.onLine(text);
  }

  private violate(what: string): void {
    this.note(`VIOLATION ${what}`);
    this.violations.push(what);
  }
}

/** Below full coverage it is the client's wish not to wait for all. */
function wantsAll({ coverageMin, coverageStrict }: SearchRequest): boolean {
  return coverageMin === 1 || coverageStrict;
}
