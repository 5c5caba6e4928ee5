/**
 * One simulated cluster, from one seed: a root with the real read path, leaves, a network, clients that ask open loop,
 * and faults that heal. Says what invariants were broken, and a hash of everything that happened.
 */
import { createHash } from 'node:crypto';
import { MergeReserve } from '../../root/plan/merge-reserve.ts';
import { StatisticsCache } from '../../root/plan/statistics-cache.ts';
import type { RoundDependencies } from '../../root/plan/round.ts';
import { Defence } from '../../root/scatter/defence.ts';
import type { BudgetOptions, TokenBucket } from '../../root/scatter/token-bucket.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { ask, type Query, type QueryEnd } from './client.ts';
import { scheduleFaults } from './faults.ts';
import { exponential, Link } from './link.ts';
import { makeModel, makeRequest, type Model } from './model.ts';
import { SimLeaf } from './sim-leaf.ts';
import { SimRoot } from './sim-root.ts';
import { VirtualTime } from './virtual-time.ts';

export interface Outcome {
  /** Of every line of the trace: the same seed gives the same hash. */
  readonly hash: string;
  readonly violations: readonly string[];
  readonly ends: Readonly<Record<QueryEnd, number>>;
  readonly hedges: { issued: number; won: number; wasted: number; refused: number };
}

/** Small enough to be spent in a short run. */
const budgets = { hedgeBudget: { share: 0.05, capacity: 50 }, retryBudget: { share: 0.2, capacity: 400 } };

/** When things happen, in virtual milliseconds. */
const faultsFrom = 500;
const healedAt = 4000;
/** By then what the faults have left behind must be over. */
const liveAt = 6000;
const endsAt = 7500;
/** Longest ejection and a little: a live leaf that is not asked by then is starved. */
const starvedAfterMs = 320_000;

export async function simulate(seed: number, onLine: (line: string) => void = () => undefined): Promise<Outcome> {
  const run = new Run(seed, onLine);
  return await run.play();
}

class Run {
  private readonly time = new VirtualTime();
  private readonly random: Random;
  private readonly model: Model;
  private readonly leaves: readonly SimLeaf[];
  private readonly linksTo = new Map<string, Link>();
  private readonly linksFrom = new Map<string, Link>();
  private readonly hedges = { issued: 0, won: 0, wasted: 0, refused: 0 };
  private readonly defence = new Defence({
    hedging: true,
    onHedges: ({ issued, won, wasted, refused }) => {
      this.hedges.issued += issued;
      this.hedges.won += won;
      this.hedges.wasted += wasted;
      this.hedges.refused += refused;
    },
    ...budgets,
  });
  private readonly root: SimRoot;
  private readonly dependencies: RoundDependencies;
  private readonly hash = createHash('sha256');
  private readonly onLine: (line: string) => void;
  private readonly violations: string[] = [];
  private readonly ends: Record<QueryEnd, number> = { complete: 0, incomplete: 0, refused: 0, left: 0 };
  private readonly budgets: BudgetCheck[];
  private rootTimers = 0;
  private queries = 0;
  private openQueries = 0;

  constructor(seed: number, onLine: (line: string) => void) {
    this.onLine = onLine;
    const random = createRandom(seed);
    this.random = random;
    const leafCount = random.integer(1, 8);
    const replicas = Math.min(leafCount, random.integer(1, 3));
    this.model = makeModel(random, random.integer(1, 16), replicas);
    const names = Array.from({ length: leafCount }, (_, i) => `leaf-${i}`);
    for (const name of names) {
      this.linksTo.set(name, new Link(this.time, random));
      this.linksFrom.set(name, new Link(this.time, random));
    }
    this.leaves = this.makeLeaves(names, replicas);
    this.root = new SimRoot({
      time: this.time,
      model: this.model,
      defence: this.defence,
      leaves: new Map(this.leaves.map((leaf) => [leaf.name, leaf])),
      linkTo: (leaf) => this.linksTo.get(leaf)!,
    });
    this.budgets = [
      new BudgetCheck('hedges', this.defence.hedgeBudget, budgets.hedgeBudget),
      new BudgetCheck('retries', this.defence.retryBudget, budgets.retryBudget),
    ];
    this.dependencies = {
      clock: this.time,
      timers: { at: (at, callback) => this.rootTimer(at, callback) },
      random: () => random.next(),
      leaves: this.root,
      directory: this.root,
      defence: this.defence,
      mergeReserve: new MergeReserve(),
      statistics: new StatisticsCache(),
    };
    this.note(`${leafCount} leaves, ${this.model.shards.length} shards, ${replicas} replicas`);
  }

  async play(): Promise<Outcome> {
    const { time, random, leaves } = this;
    scheduleFaults(
      {
        time,
        random,
        leaves,
        linkTo: (leaf) => this.linksTo.get(leaf)!,
        linkFrom: (leaf) => this.linksFrom.get(leaf)!,
        endConnection: (leaf) => this.linksFrom.get(leaf.name)!.carry(() => this.endConnection(leaf)),
        note: (line) => this.note(line),
      },
      faultsFrom,
      healedAt,
    );
    this.askOpenLoop(random.integer(20, 120));
    await time.runUntil(endsAt);
    await this.checkStarvation();
    this.checkRest();
    return { hash: this.hash.digest('hex'), violations: this.violations, ends: this.ends, hedges: this.hedges };
  }

  private makeLeaves(names: readonly string[], replicas: number): SimLeaf[] {
    const owned = new Map(names.map((name) => [name, [] as number[]]));
    for (const shard of this.model.shards.keys()) {
      for (const name of this.random.shuffle(names).slice(0, replicas)) owned.get(name)!.push(shard);
    }
    return names.map(
      (name) =>
        new SimLeaf(name, owned.get(name)!, {
          time: this.time,
          random: this.random,
          model: this.model,
          reply: (leaf, incarnation, id, reply) => {
            this.linksFrom.get(leaf)!.carry(() => {
              this.note(`${leaf} replies to ${id}: ${reply.ok ? reply.partial.shards.join() : reply.code}`);
              // A reply of an older process was on a connection that has ended since.
              if (this.leafOf(leaf).incarnation === incarnation) this.root.receiveReply(leaf, id, reply);
            });
          },
          report: (report) => this.linksFrom.get(report.leaf)!.carry(() => this.root?.receiveReport(report)),
        }),
    );
  }

  private leafOf(name: string): SimLeaf {
    return this.leaves.find((leaf) => leaf.name === name)!;
  }

  private endConnection(leaf: SimLeaf): void {
    this.note(`${leaf.name} disconnects`);
    if (!leaf.isUp) this.root.loseConnection(leaf.name);
  }

  private rootTimer(at: number, callback: () => void): { readonly cancel: () => void } {
    this.rootTimers++;
    let waits = true;
    const end = (): void => {
      if (waits) this.rootTimers--;
      waits = false;
    };
    const timer = this.time.at(at, () => {
      end();
      callback();
    });
    const cancel = (): void => {
      end();
      timer.cancel();
    };
    return { cancel };
  }

  /** Clients ask whether or not they were answered. */
  private askOpenLoop(perSecond: number): void {
    const next = (): void => {
      if (this.time.now() >= endsAt - 1000) return;
      this.askOne();
      this.time.after(exponential(this.random, 1000 / perSecond), next);
    };
    // The first reports are there by then.
    this.time.after(50, next);
  }

  private askOne(): void {
    const { random, time } = this;
    const arrivedAt = time.now();
    const mustBeLive = arrivedAt >= liveAt;
    const timeoutMs = mustBeLive ? 500 : random.integer(10, 500);
    const coverageMin = random.pick([0, 0.5, 0.9, 1, 1]);
    const query: Query = {
      number: this.queries++,
      timeoutMs,
      coverageMin,
      request: makeRequest({ scored: random.chance(0.5), timeoutMs, coverageMin, coverageStrict: random.chance(0.5) }),
      arrivedAt,
      leavesAt: !mustBeLive && random.chance(0.05) ? arrivedAt + random.next() * timeoutMs : Infinity,
    };
    this.note(`query ${query.number} asked, ${timeoutMs} ms, at least ${coverageMin}`);
    this.openQueries++;
    // A busy root begins a little later than the client asks.
    time.after(random.chance(0.3) ? random.next() * 5 : 0, () => void this.follow(query, mustBeLive));
  }

  private async follow(query: Query, mustBeLive: boolean): Promise<void> {
    const world = {
      root: this.dependencies,
      model: this.model,
      note: (line: string) => this.note(line),
      violate: (what: string) => this.violate(what),
    };
    const end = await ask(world, query);
    this.openQueries--;
    this.ends[end]++;
    // Below full coverage it is the client's wish not to wait for all.
    const wantsAll = query.coverageMin === 1 || query.request.coverageStrict;
    if (mustBeLive && wantsAll && end !== 'complete') this.violate(`query ${query.number} ${end} after all has healed`);
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
    await time.runUntil(until, () => starved().length === 0);
    for (const leaf of starved()) this.violate(`${leaf.name} is never asked again`);
    await time.runUntil(time.now() + 2000);
  }

  private checkRest(): void {
    if (this.openQueries !== 0) this.violate(`${this.openQueries} queries never ended`);
    if (this.root.openCalls !== 0) this.violate(`${this.root.openCalls} calls never ended`);
    if (this.rootTimers !== 0) this.violate(`${this.rootTimers} timers never ended`);
    if (this.defence.book.inFlight !== 0) this.violate(`${this.defence.book.inFlight} shards in flight for ever`);
    for (const budget of this.budgets) budget.check((what) => this.violate(what));
    const { issued, won, wasted } = this.hedges;
    if (issued !== won + wasted) this.violate(`${issued} hedges, ${won} won, ${wasted} wasted`);
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

/** Watches a budget: what it grants against what it may. */
class BudgetCheck {
  private readonly name: string;
  private readonly options: BudgetOptions;
  private earned = 0;
  private granted = 0;
  private largest = 1;

  constructor(name: string, bucket: TokenBucket, options: BudgetOptions) {
    this.name = name;
    this.options = options;
    const earn = bucket.earn.bind(bucket);
    const take = bucket.take.bind(bucket);
    bucket.earn = (units) => {
      this.earned += units;
      earn(units);
    };
    bucket.take = (units) => {
      const granted = take(units);
      if (granted) {
        this.granted += units;
        this.largest = Math.max(this.largest, units);
      }
      return granted;
    };
  }

  check(violate: (what: string) => void): void {
    const { share, capacity } = this.options;
    const allowed = capacity + share * this.earned + this.largest - 1;
    if (this.granted > allowed) violate(`${this.granted} shards of ${this.name}, at most ${allowed} are allowed`);
  }
}
