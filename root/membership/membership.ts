/**
 * The leaves this root knows: dialled where discovery says they are, used once they have said who they are, and told of
 * one another. Touches the world: connections to leaves, and a timer.
 *
 * Roots route by reports only: a shard is asked of leaves that say they have a replica of it.
 */
import { icuVersion } from '../../shared/analysis/analysis-version.ts';
import type { Logger } from 'pino';
import type { CatalogState } from '../../shared/catalog/catalog.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { LeafPlace } from '../../shared/discovery/discovery.ts';
import type { ErrorBody, SheafError } from '../../shared/errors.ts';
import { replicasOf, type Replicas } from '../../shared/protocol/replicas.ts';
import type { LeafReport, StopReport } from '../../shared/protocol/reports.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import { formatAddress, type Address } from '../../shared/transport/address.ts';
import { dial, type Dialled } from '../../shared/transport/dial.ts';
import type { ShardDirectory } from '../plan/shard-directory.ts';
import type { Lag, ReplicaLags } from '../freshness/replica-lags.ts';
import type { LeafPort, TaskOutcome } from '../scatter/drive.ts';
import type { LeafBook } from '../scatter/leaf-book.ts';
import { refusalOf } from './admit.ts';
import { InTurns } from './in-turns.ts';
import { answerUnreachable, LeafPeer, type PeerState } from './leaf-peer.ts';
import type { Secret } from '../../shared/secret/proof.ts';
import { Relay } from './relay.ts';
import { Roster } from './roster.ts';
import { ShardMap, type ShardSummary, type StoppedShard } from './shard-map.ts';

export interface MembershipOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Is told what is heard of each leaf. */
  readonly book: LeafBook;
  readonly telemetry: Logger;
  /** Of the cluster; undefined where it has none. */
  readonly secret: Secret | undefined;
  /** Is told of each report, and what lags by it. */
  readonly lags: Pick<ReplicaLags, 'take' | 'forget' | 'of'>;
  /** A leaf handed over its copy of the catalog. */
  readonly onCatalog: (catalog: CatalogState) => void;
}

/** A leaf as the cluster page shows it. */
export interface LeafStatus {
  /** Null where discovery knows addresses only and the leaf has not said its name yet. */
  readonly name: string | null;
  readonly address: Address;
  readonly state: PeerState;
  /** Whether it has a place on the ring. */
  readonly placed: boolean;
  readonly draining: boolean;
  /** Null where it is in none, or has not said it. */
  readonly zone: string | null;
  /** Why it is not used. */
  readonly problem: ErrorBody | null;
  readonly incarnation: number | null;
  readonly queued: number | null;
  /** Before which entry of the catalog it stands still. */
  readonly catalogStopped: StopReport | null;
  readonly replicas: Replicas;
}

interface Member {
  /** One place is one connection: the same address under another name is another place. */
  readonly key: string;
  readonly peer: LeafPeer;
  dialled: Dialled | null;
  /** Whether discovery names the place now; one that it does not is used while its connection lasts. */
  discovered: boolean;
  relay: Relay | null;
}

const noReplicas = replicasOf([]);

/** What changes within this time makes one frame. */
const coalesceMs = 50;

export class Membership implements LeafPort, ShardDirectory {
  private readonly options: MembershipOptions;
  /** By address. */
  private readonly members = new Map<string, Member>();
  /** By the names of the leaves that are used. */
  private readonly used = new Map<string, Member>();
  private readonly roster = new Roster();
  private readonly shards = new ShardMap(() => this.reportsOfUsed());
  private readonly waiters = new Set<() => void>();
  private readonly readings: InTurns;
  private timer: NodeJS.Timeout | undefined;
  private timerAt = Infinity;
  private relayedAt = -Infinity;
  private discovered = false;
  /** Identity of the log that leaves must be of: this root's or, as long as it has met none, that of the first leaf. */
  private cluster: string | null = null;
  private closed = false;

  constructor(options: MembershipOptions) {
    this.options = options;
    this.readings = new InTurns(options.clock, setImmediate);
  }

  /** Whether discovery has spoken. */
  get isDiscovered(): boolean {
    return this.discovered;
  }

  /** Discovery says where leaves are: dials those that are new. One that is no longer named is left once it is gone. */
  setPlaces(places: readonly LeafPlace[]): void {
    if (this.closed) return;
    this.discovered = true;
    const keys = new Set(places.map(keyOf));
    for (const [key, member] of this.members) {
      member.discovered = keys.has(key);
      if (!member.discovered && member.peer.report === null) this.leave(member);
    }
    for (const place of places) if (!this.members.has(keyOf(place))) this.join(place);
    this.tellRoster();
    this.changed();
  }

  /** For each shard of an index, in order, the leaves to ask; see ShardMap. */
  readyOwners(indexId: string, shards: number): readonly (readonly string[])[] {
    return this.shards.ownersOf(indexId, shards);
  }

  /** See ShardMap. */
  stopsOf(indexId: string, shards: number): readonly StoppedShard[] {
    return this.shards.stopsOf(indexId, shards);
  }

  /** See ShardMap. */
  hasNewShards(indexId: string, shards: number): boolean {
    return this.shards.hasNewShards(indexId, shards);
  }

  /** See ShardMap. */
  stateOf(indexId: string, shards: number): readonly number[] | null {
    return this.shards.stateOf(indexId, shards);
  }

  /** The last report of every leaf that is connected, by name. */
  reports(): ReadonlyMap<string, LeafReport> {
    return new Map([...this.reportsOfUsed()].map((report) => [report.leaf, report]));
  }

  documentsOf(indexId: string, shard: number): number | null {
    return this.shards.documentsOf(indexId, shard);
  }

  /** See ShardMap. */
  summaryOf(indexId: string, shard: number): ShardSummary | null {
    return this.shards.summaryOf(indexId, shard);
  }

  /** See ShardMap. */
  bytesOf(indexId: string, shard: number): number | null {
    return this.shards.bytesOf(indexId, shard);
  }

  /** See ReplicaLags. */
  lagsOf(leaf: string, indexId: string): ReadonlyMap<number, Lag> {
    return this.options.lags.of(leaf, indexId);
  }

  /** Whether a leaf of this name is connected and heard from. */
  isUp(leaf: string): boolean {
    return this.used.get(leaf)?.peer.state === 'up';
  }

  /** Every place that discovery names or that is in use, by name. */
  statuses(): LeafStatus[] {
    const ring = new Set(this.roster.ring(this.options.clock.now()));
    return [...this.members.values()]
      .map(({ peer }): LeafStatus => {
        const { name, address, state, problem, report } = peer;
        return {
          name,
          address,
          state,
          placed: state !== 'refused' && name !== null && ring.has(name),
          draining: report?.draining === true,
          zone: report?.zone ?? null,
          problem: problem?.toBody() ?? null,
          incarnation: report?.incarnation ?? null,
          queued: report?.queued ?? null,
          catalogStopped: report?.catalogStopped ?? null,
          replicas: report?.replicas ?? noReplicas,
        };
      })
      .sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
  }

  /** Leaves that can take replicas: placed, and connected. */
  get placedCount(): number {
    return this.statuses().filter(({ placed, state }) => placed && (state === 'up' || state === 'suspect')).length;
  }

  send<T extends Task>(
    leaf: string,
    task: T,
    onOutcome: (outcome: TaskOutcome<T>) => void,
    onArrival?: (bytes: number) => void,
  ): { readonly cancel: () => void } {
    return this.used.get(leaf)?.peer.send(task, onOutcome, onArrival) ?? answerUnreachable(onOutcome);
  }

  /** Resolves once `condition` holds, looking again after every change; false when the time is over before. */
  async waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    if (condition()) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const look = (): void => {
      if (condition()) resolve(true);
    };
    const timer = setTimeout(() => resolve(false), timeoutMs);
    this.waiters.add(look);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.waiters.delete(look);
    }
  }

  /**
   * This root has met its log: leaves of another are let go.
   * @returns false when the first leaf was one, so that what was taken from it cannot be relied on
   */
  setCluster(identity: string): boolean {
    const fits = this.cluster === null || this.cluster === identity;
    this.cluster = identity;
    for (const { peer } of this.used.values()) {
      const actual = peer.report?.cluster;
      if (actual !== undefined && actual !== identity) peer.disconnect();
    }
    return fits;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    for (const { dialled } of this.members.values()) dialled?.close();
  }

  private join(place: LeafPlace): void {
    const key = keyOf(place);
    const { clock, book } = this.options;
    const peer = new LeafPeer(place, { clock, book, readings: this.readings });
    const member: Member = { key, peer, dialled: null, discovered: true, relay: null };
    this.members.set(key, member);
    member.dialled = this.dialPeer(member);
  }

  private leave(member: Member): void {
    this.members.delete(member.key);
    member.dialled?.close();
  }

  private dialPeer(member: Member): Dialled {
    const { telemetry, random, secret } = this.options;
    const { peer } = member;
    const fields = { leaf: peer.expected, address: formatAddress(peer.address) };
    return dial(
      { address: peer.address, random, secret },
      {
        onFailure: (error) => {
          if (error.code === 'SECRET_WRONG') return this.refused(member, error);
          peer.notReached();
          const refused = error.code === 'PROTOCOL_MISMATCH';
          telemetry[refused ? 'error' : 'debug']({ ...fields, ...error.detail }, `leaf not reached: ${error.message}`);
        },
        onConnection: (connection) =>
          peer.attach(connection, {
            onArrival: (report) => this.arrive(member, report),
            onReport: (report, before) => this.take(member, report, before),
            onGone: () => this.gone(member),
          }),
      },
    );
  }

  private arrive(member: Member, report: LeafReport): SheafError | null {
    const { peer } = member;
    const { telemetry } = this.options;
    const holder = this.used.get(report.leaf);
    const other = holder === undefined || holder === member ? null : holder.peer;
    const refusal = refusalOf(report, peer, { holder: other, cluster: this.cluster });
    if (refusal !== null) {
      this.tellRefusal(peer, refusal);
      return refusal;
    }
    other?.disconnect();
    this.cluster ??= report.cluster ?? null;
    this.used.set(report.leaf, member);
    this.shards.changed();
    member.relay = new Relay(report.leaf);
    telemetry.info({ leaf: report.leaf, address: formatAddress(peer.address) }, 'leaf connected');
    if (report.icu !== undefined && report.icu !== icuVersion) {
      const fields = { leaf: report.leaf, icu: report.icu, own: icuVersion };
      telemetry.warn(fields, 'a leaf cuts scripts without spaces by other dictionaries: a word may not be found');
    }
    return null;
  }

  /** The handshake with the leaf failed: as with one that is connected and not used. */
  private refused({ peer }: Member, error: SheafError): void {
    this.tellRefusal(peer, error);
    peer.problem = error;
  }

  /** Said once, not at each attempt. */
  private tellRefusal(peer: LeafPeer, refusal: SheafError): void {
    if (refusal.code === peer.problem?.code) return;
    this.options.telemetry.error({ error: refusal.toBody() }, 'a leaf is not used');
  }

  private take(member: Member, report: LeafReport, before: LeafReport | null): void {
    this.roster.heard(report, member.peer.address, this.options.clock.now());
    this.shards.take(report, before?.replicas ?? noReplicas);
    this.options.lags.take(report);
    if (member.discovered && this.roster.get(report.leaf)?.discovered !== true) this.tellRoster();
    if (report.catalog !== undefined) this.options.onCatalog(report.catalog);
    this.changed();
  }

  private gone(member: Member): void {
    for (const [leaf, used] of this.used) {
      if (used !== member) continue;
      this.used.delete(leaf);
      this.options.lags.forget(leaf);
      this.roster.lost(leaf, this.options.clock.now());
      if (!this.closed) this.options.telemetry.warn({ leaf }, 'leaf disconnected');
    }
    member.relay = null;
    this.shards.changed();
    if (!member.discovered) this.leave(member);
    if (!this.closed) this.changed();
  }

  /** Names that discovery gives, and those that leaves without one in discovery give themselves. */
  private tellRoster(): void {
    const names = new Set<string>();
    for (const { peer, discovered } of this.members.values()) {
      if (discovered && peer.name !== null && peer.problem === null) names.add(peer.name);
    }
    this.roster.discovered(names, this.options.clock.now());
  }

  private changed(): void {
    for (const look of this.waiters) look();
    this.relayAt(this.relayedAt + coalesceMs);
  }

  private relayAt(at: number): void {
    if (at >= this.timerAt || this.closed) return;
    clearTimeout(this.timer);
    this.timerAt = at;
    this.timer = setTimeout(() => this.relay(), Math.max(0, at - this.options.clock.now()));
  }

  /** Tells every leaf what it has not been told, and looks again when time alone makes more of it. */
  private relay(): void {
    const now = this.options.clock.now();
    this.timerAt = Infinity;
    this.relayedAt = now;
    const ring = this.roster.ring(now);
    let next = this.roster.nextChangeAt(now);
    for (const { peer, relay } of this.used.values()) {
      const members = relay?.next(this.roster, ring, now) ?? null;
      if (members !== null) peer.sendMembers(members);
      next = Math.min(next, relay?.nextAt(this.roster) ?? Infinity);
    }
    for (const look of this.waiters) look();
    if (next < Infinity) this.relayAt(Math.max(next, now + coalesceMs));
  }

  private *reportsOfUsed(): Iterable<LeafReport> {
    for (const { peer } of this.used.values()) if (peer.report !== null) yield peer.report;
  }
}

function keyOf({ name, address }: LeafPlace): string {
  return `${name ?? ''}=${formatAddress(address)}`;
}
