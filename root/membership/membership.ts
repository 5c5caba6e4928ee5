/**
 * The leaves this root knows, by static list, and what they report. Touches the world: connections to leaves.
 *
 * Roots route by reports only: a shard is asked of leaves that say they have a ready replica of it.
 */
import type { Logger } from 'pino';
import type { CatalogState } from '../../shared/catalog/catalog.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { LeafReport, ReplicaReport } from '../../shared/protocol/reports.ts';
import type { Task } from '../../shared/protocol/tasks.ts';
import type { Address } from '../../shared/transport/address.ts';
import { dial, type Dialled } from '../../shared/transport/dial.ts';
import type { ShardDirectory } from '../plan/round.ts';
import type { LeafPort, TaskOutcome } from '../scatter/drive.ts';
import type { LeafBook } from '../scatter/leaf-book.ts';
import { LeafPeer, type PeerState } from './leaf-peer.ts';

export interface MembershipOptions {
  readonly leaves: readonly { readonly name: string; readonly address: Address }[];
  readonly clock: Clock;
  readonly random: () => number;
  /** Is told what is heard of each leaf. */
  readonly book: LeafBook;
  readonly telemetry: Logger;
  /** A leaf handed over its copy of the catalog. */
  readonly onCatalog: (catalog: CatalogState) => void;
}

/** A leaf as the cluster page shows it. */
export interface LeafStatus {
  readonly name: string;
  readonly address: Address;
  readonly state: PeerState;
  readonly incarnation: number | null;
  readonly queued: number | null;
  readonly replicas: readonly ReplicaReport[];
}

export class Membership implements LeafPort, ShardDirectory {
  private readonly peers: ReadonlyMap<string, LeafPeer>;
  private readonly dialled: Dialled[] = [];
  private readonly waiters = new Set<() => void>();
  private readonly lastDocuments = new Map<string, number>();
  /** By index id, until the next report. */
  private readonly owners = new Map<string, string[][]>();
  /** By index id, until the next report. */
  private readonly states = new Map<string, readonly number[] | null>();
  private closed = false;

  constructor(options: MembershipOptions) {
    this.peers = new Map(
      options.leaves.map(({ name, address }) => [name, new LeafPeer(name, address, options)] as const),
    );
    for (const peer of this.peers.values()) this.dialled.push(this.dialPeer(peer, options));
  }

  get leafNames(): string[] {
    return [...this.peers.keys()].sort();
  }

  /** For each shard of an index, in order, the leaves that report it ready. */
  readyOwners(indexId: string, shards: number): readonly (readonly string[])[] {
    const known = this.owners.get(indexId);
    if (known?.length === shards) return known;
    const owners = Array.from({ length: shards }, (): string[] => []);
    for (const peer of this.peers.values()) {
      for (const replica of peer.report?.replicas ?? []) {
        if (replica.index === indexId && replica.state === 'ready') owners[replica.shard]?.push(peer.name);
      }
    }
    this.owners.set(indexId, owners);
    return owners;
  }

  /** The log offset of each shard, in order, where all its ready replicas report the same; else null. */
  stateOf(indexId: string, shards: number): readonly number[] | null {
    const known = this.states.get(indexId);
    if (known !== undefined && (known === null || known.length === shards)) return known;
    const state = this.readState(indexId, shards);
    this.states.set(indexId, state);
    return state;
  }

  /** The last report of every leaf that is connected, by name. */
  reports(): ReadonlyMap<string, LeafReport> {
    const reports = new Map<string, LeafReport>();
    for (const { name, report } of this.peers.values()) if (report !== null) reports.set(name, report);
    return reports;
  }

  /** Live documents of a shard when a replica of it last reported, or `null` when none ever did. */
  documentsOf(indexId: string, shard: number): number | null {
    return this.lastDocuments.get(`${indexId}/${shard}`) ?? null;
  }

  /** Whether a leaf of this name is connected and heard from. */
  isUp(leaf: string): boolean {
    return this.peers.get(leaf)?.state === 'up';
  }

  statuses(): LeafStatus[] {
    return [...this.peers.values()].map((peer) => ({
      name: peer.name,
      address: peer.address,
      state: peer.state,
      incarnation: peer.report?.incarnation ?? null,
      queued: peer.report?.queued ?? null,
      replicas: peer.report?.replicas ?? [],
    }));
  }

  send<T extends Task>(
    leaf: string,
    task: T,
    onOutcome: (outcome: TaskOutcome<T>) => void,
  ): { readonly cancel: () => void } {
    return this.peers.get(leaf)!.send(task, onOutcome);
  }

  /** Resolves once `condition` holds, looking again after every report; false when the time is over before. */
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

  close(): void {
    this.closed = true;
    for (const each of this.dialled) each.close();
  }

  private readState(indexId: string, shards: number): readonly number[] | null {
    const offsets = new Map<number, number>();
    for (const { report } of this.peers.values()) {
      for (const { index, shard, state, offset } of report?.replicas ?? []) {
        if (index !== indexId || state !== 'ready') continue;
        if ((offsets.get(shard) ?? offset) !== offset) return null;
        offsets.set(shard, offset);
      }
    }
    const inOrder = Array.from({ length: shards }, (_, shard) => offsets.get(shard));
    return inOrder.includes(undefined) ? null : (inOrder as number[]);
  }

  private dialPeer(peer: LeafPeer, options: MembershipOptions): Dialled {
    const { telemetry } = options;
    const fields = { leaf: peer.name };
    return dial(
      { address: peer.address, random: options.random },
      {
        onFailure: (error) => {
          const refused = error.code === 'PROTOCOL_MISMATCH';
          telemetry[refused ? 'error' : 'debug']({ ...fields, ...error.detail }, `leaf not reached: ${error.message}`);
        },
        onConnection: (connection) => {
          telemetry.info(fields, 'leaf connected');
          const events = peer.attach(connection, {
            onReport: (report) => {
              this.owners.clear();
              this.states.clear();
              for (const { index, shard, documents } of report.replicas) {
                this.lastDocuments.set(`${index}/${shard}`, documents);
              }
              if (report.catalog !== undefined) options.onCatalog(report.catalog);
              for (const look of this.waiters) look();
            },
            onMisnamed: (actual) => telemetry.error({ ...fields, actual }, 'the leaf at this address has another name'),
            onGone: () => {
              this.owners.clear();
              this.states.clear();
              if (!this.closed) telemetry.warn(fields, 'leaf disconnected');
            },
          });
          peer.sendMembers(this.leafNames);
          return events;
        },
      },
    );
  }
}
