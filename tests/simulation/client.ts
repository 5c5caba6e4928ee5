/** One query of a simulated client: sends it, waits for what comes, and says what is wrong with it. */
import type { SearchAnswer } from '../../root/gather/answer.ts';
import { rootKinds } from '../../root/kinds/root-kinds.ts';
import { runAdmitted, type DoorDependencies } from '../../root/plan/admitted.ts';
import { isDeep, pageOf, type Holding } from '../../root/plan/hold-sources.ts';
import { search } from '../../root/search.ts';
import type { RoundDependencies } from '../../root/plan/round.ts';
import type { LeafPort } from '../../root/scatter/drive.ts';
import { offsetsForSearch } from '../../root/route/token.ts';
import { asSheafError, type ErrorCode } from '../../shared/errors.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import { faultOf, faultOfCoverage, type Model } from './model.ts';
import { RefusalCount } from './refusal-count.ts';
import { TimerCount } from './timer-count.ts';

export interface Query {
  readonly number: number;
  readonly request: SearchRequest;
  readonly holding: Holding;
  readonly timeoutMs: number;
  readonly coverageMin: number;
  /** The client has asked at this time; the root begins later, as a busy one does. */
  readonly arrivedAt: number;
  /** The client leaves then; Infinity when it stays. */
  readonly leavesAt: number;
}

/** `too low`: less than the coverage wanted. `refused`: not let in. `left`: the client did. */
export type QueryEnd = 'complete' | 'incomplete' | 'too low' | 'refused' | 'left';

export interface QueryWorld {
  readonly root: RoundDependencies & DoorDependencies;
  readonly model: Model;
  readonly note: (line: string) => void;
  readonly violate: (what: string) => void;
}

/** What another replica may cure. Not asked of the code that is tried. */
const curable: ReadonlySet<ErrorCode> = new Set([
  'LEAF_BUSY',
  'NOT_READY',
  'SHARD_NOT_HERE',
  'NOT_CAUGHT_UP',
  'LEAF_UNREACHABLE',
  'INTERNAL',
]);
/** In virtual milliseconds: an answer takes no time to merge there. */
const latenessMsMax = 1e-6;

export async function ask(world: QueryWorld, query: Query): Promise<QueryEnd> {
  const { root, note } = world;
  const { number, arrivedAt, timeoutMs } = query;
  const controller = new AbortController();
  const leaving = root.timers.at(query.leavesAt, () => controller.abort(new Error('left')));
  const violate = (what: string): void => world.violate(`query ${number}: ${what}`);
  const retryBudget = new RefusalCount(root.defence.retryBudget);
  const { hedging, book, hedgeDelays, hedgeBudget, onHedges } = root.defence;
  const defence = { hedging, book, hedgeDelays, hedgeBudget, onHedges, retryBudget };
  const leftMs = (): number => arrivedAt + timeoutMs - root.clock.now();
  const attempts = new AttemptCount({ port: root.leaves, retryBudget, leftMs, violate });
  const timers = new TimerCount(root.timers);
  const owners = ownersNow(world);
  const options = { arrivedAt, signal: controller.signal, trace: null };
  const defaults = { timeoutMs, coverageMin: query.coverageMin, holding: query.holding };
  const { index } = world.model;
  const { priority = 'interactive' } = query.request;
  const isDeepPage = isDeep(pageOf(query.request), query.holding);
  const begunAt = root.clock.now();
  let end: QueryEnd;
  try {
    const answer = await runAdmitted(root, { indexes: [index], priority, timeoutMs, isDeep: isDeepPage }, () =>
      search({ ...root, kinds: rootKinds, leaves: attempts, defence, timers }, defaults, index, query.request, options),
    );
    end = answer.coverage.shards.failed === 0 ? 'complete' : 'incomplete';
    checkAnswer(world, query, answer, attempts.hasAskedFor('statistics'));
    checkRetries(world, query, { owners, attempts, coverage: answer.coverage });
  } catch (error) {
    end = controller.signal.aborted ? 'left' : endOf(error);
    if (end === 'too low') checkTooLow(world, query, error);
    const isWhole = attempts.sent === 0 && root.clock.now() === begunAt;
    if (end === 'refused' && !isWhole) world.violate(`query ${number} was refused after it had begun`);
  }
  leaving.cancel();
  const lateMs = root.clock.now() - arrivedAt - timeoutMs;
  if (lateMs > latenessMsMax) world.violate(`query ${number} ended ${lateMs} ms after its deadline`);
  if (attempts.open !== 0) world.violate(`query ${number} has ended, ${attempts.open} of its attempts have not`);
  if (timers.waiting !== 0) world.violate(`query ${number} has ended, ${timers.waiting} of its timers have not`);
  note(`query ${number} ${end} after ${(root.clock.now() - arrivedAt).toFixed(6)}, ${attempts.sent} attempts`);
  return end;
}

function checkAnswer(
  { root, model, violate }: QueryWorld,
  { number, coverageMin, request }: Query,
  answer: SearchAnswer,
  hasCounted: boolean,
): void {
  const at = request.token === undefined ? {} : offsetsForSearch(request.token, model.index);
  const documentsOf = (shard: number): number | null => root.directory.documentsOf(model.index.id, shard);
  const fault = faultOf(model, request, answer, { at, documentsOf, hasCounted });
  if (fault !== null) violate(`query ${number}: ${fault}`);
  if (answer.coverage.ratio < coverageMin) violate(`query ${number}: ratio ${answer.coverage.ratio} < ${coverageMin}`);
}

function endOf(error: unknown): QueryEnd {
  return asSheafError(error).code === 'OVERLOADED' ? 'refused' : 'too low';
}

function checkTooLow({ root, model, violate }: QueryWorld, { number, coverageMin }: Query, error: unknown): void {
  const { code, detail, cause } = asSheafError(error);
  if (code !== 'COVERAGE_TOO_LOW') {
    const reason = cause instanceof Error ? cause.stack : JSON.stringify(detail);
    return violate(`query ${number}: ${code} ${reason}`);
  }
  const coverage = detail['coverage'] as SearchAnswer['coverage'];
  if (coverage.ratio >= coverageMin)
    violate(`query ${number}: refused at ratio ${coverage.ratio}, ${coverageMin} was wanted`);
  const documentsOf = (shard: number): number | null => root.directory.documentsOf(model.index.id, shard);
  const fault = faultOfCoverage(model, coverage, { documentsOf });
  if (fault !== null) violate(`query ${number}: refused, ${fault}`);
}

interface Retried {
  /** When the query was asked. */
  readonly owners: readonly (readonly string[])[];
  readonly attempts: AttemptCount;
  readonly coverage: SearchAnswer['coverage'];
}

function ownersNow({ root, model }: QueryWorld): readonly (readonly string[])[] {
  return root.directory.readyOwners(model.index.id, model.shards.length);
}

/**
 * What another replica can cure has been asked of every replica that there was from the beginning to the end, or the budget
 * of retries refused it: it earns one in five, so a leaf that refuses half, beside one that is silent, spends it.
 */
function checkRetries(world: QueryWorld, { number }: Query, { owners, attempts, coverage }: Retried): void {
  const ownersAtEnd = ownersNow(world);
  for (const { code, shards } of coverage.failures) {
    if (!curable.has(code)) continue;
    for (const shard of shards) {
      if (attempts.isRetryRefused(shard)) continue;
      const asked = attempts.askedFor(shard);
      const left = owners[shard]!.filter((leaf) => ownersAtEnd[shard]!.includes(leaf) && !asked.has(leaf));
      if (left.length > 0)
        world.violate(`query ${number}: shard ${shard} failed ${code}, ${left.join()} was not asked`);
    }
  }
}

/** What the attempts of a query go through. */
interface Watched {
  readonly port: LeafPort;
  readonly retryBudget: RefusalCount;
  /** Until the query has to be answered. */
  readonly leftMs: () => number;
  readonly violate: (what: string) => void;
}

/** A port that counts the attempts of one query: every one sent must end, by an outcome or a cancel. */
class AttemptCount implements LeafPort {
  open = 0;
  sent = 0;
  private readonly kinds = new Set<Task['kind']>();
  private pass = '';
  /** By round and shard: who was asked. */
  private readonly asked = new Map<string, Set<string>>();
  /** Those of them that have answered for it. */
  private readonly answered = new Map<string, Set<string>>();
  /** By round and shard: its attempt failed, and the budget refused to ask again. */
  private readonly refused = new Set<string>();
  private readonly watched: Watched;

  constructor(watched: Watched) {
    this.watched = watched;
  }

  readonly send: LeafPort['send'] = (leaf, task, onOutcome) => {
    this.open++;
    this.sent++;
    // Counts that were known and turned out stale are taken anew, and all that follows with them.
    if (task.kind === 'statistics' && this.hasAskedFor('search')) {
      this.pass = 'again ';
      this.kinds.delete('fetch');
    }
    const pass = this.pass;
    // A leaf may be asked for all sources where others hold some back, so only what was fetched tells a first search from another.
    const again = task.kind === 'search' && this.hasAskedFor('fetch') ? ' again' : '';
    const work = (shard: number): string => pass + workOf(task, shard) + again;
    this.kinds.add(task.kind);
    for (const shard of task.shards) this.checkAsked(leaf, work(shard), shard);
    const { port, retryBudget, violate } = this.watched;
    const leftMs = this.watched.leftMs();
    if (task.remainingMs <= 0 || task.remainingMs > leftMs) {
      violate(`a task of ${task.remainingMs} ms with ${leftMs} ms left`);
    }
    const call = port.send<typeof task>(leaf, task, (outcome) => {
      this.open--;
      const answered = outcome.ok ? outcome.partial.shards : [];
      for (const shard of answered) leavesOf(this.answered, work(shard), shard).add(leaf);
      const refusedBefore = retryBudget.refused;
      onOutcome(outcome);
      if (retryBudget.refused === refusedBefore) return;
      for (const shard of task.shards) if (!answered.includes(shard)) this.refused.add(`${work(shard)} ${shard}`);
    });
    const cancel = (): void => {
      this.open--;
      call.cancel();
    };
    return { cancel };
  };

  /** Whether any leaf was asked for such work. */
  hasAskedFor(kind: Task['kind']): boolean {
    return this.kinds.has(kind);
  }

  /** Leaves that were asked for a shard in the last round that asked for it. */
  askedFor(shard: number): ReadonlySet<string> {
    const round = this.lastRoundOf(shard);
    return round === undefined ? new Set() : leavesOf(this.asked, round, shard);
  }

  /** Whether the budget of retries was too small in that round, when the shard had failed. */
  isRetryRefused(shard: number): boolean {
    return this.refused.has(`${this.lastRoundOf(shard)} ${shard}`);
  }

  private lastRoundOf(shard: number): string | undefined {
    const rounds = ['again ', ''].flatMap((pass) =>
      ['search again', 'search', 'statistics'].map((work) => pass + work),
    );
    return rounds.find((round) => leavesOf(this.asked, round, shard).size > 0);
  }

  /** A leaf is asked again only for what it has answered: that could not be used with the other answers. */
  private checkAsked(leaf: string, work: string, shard: number): void {
    const asked = leavesOf(this.asked, work, shard);
    if (asked.has(leaf) && !leavesOf(this.answered, work, shard).has(leaf)) {
      this.watched.violate(`${leaf} was asked for shard ${shard} twice`);
    }
    asked.add(leaf);
  }
}

/** What tells the rounds of a query apart: documents are fetched once each, and searched again after that. */
function workOf(task: Task, shard: number): string {
  return task.kind === 'fetch' ? `fetch ${task.hits[shard]?.join()}` : task.kind;
}

function leavesOf(byShard: Map<string, Set<string>>, work: string, shard: number): Set<string> {
  const key = `${work} ${shard}`;
  let leaves = byShard.get(key);
  if (leaves === undefined) byShard.set(key, (leaves = new Set()));
  return leaves;
}
