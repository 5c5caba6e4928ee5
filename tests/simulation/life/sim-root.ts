/** A root by the real roster and relay of `root/membership`; discovery and connections are simulated. */
import { Relay } from '../../../root/membership/relay.ts';
import { Roster } from '../../../root/membership/roster.ts';
import { replicaName } from '../../../shared/protocol/replicas.ts';
import type { LeafReport } from '../../../shared/protocol/reports.ts';
import type { SimLeaf } from './sim-leaf.ts';
import { indexId, Stream, type LifeWorld } from './world.ts';

interface Peer {
  readonly leaf: SimLeaf;
  readonly up: Stream;
  readonly down: Stream;
  readonly relay: Relay;
  report: LeafReport | null;
}

/** A leaf that ends waits a second for its last report to arrive; what is later than that no leaf can know. */
const reportMsMax = 850;
/** What roots tell may be as late as it likes. */
const relayMsMax = 4000;

export class SimRoot {
  readonly name: string;
  alive = true;
  /** Whether it has known a leaf for every shard: before, no client asks it. */
  isReady = false;
  private readonly world: LifeWorld;
  private readonly roster = new Roster();
  private readonly peers = new Map<string, Peer>();
  private relayAt = Infinity;

  constructor(world: LifeWorld, name: string) {
    this.world = world;
    this.name = name;
    this.tick();
  }

  get ring(): string[] {
    return this.roster.ring(this.world.time.now());
  }

  discovered(names: ReadonlySet<string>): void {
    this.roster.discovered(names, this.world.time.now());
    this.relaySoon();
  }

  connect(leaf: SimLeaf): void {
    if (!this.alive || !leaf.alive || this.peers.get(leaf.name)?.leaf === leaf) return;
    const peer: Peer = {
      leaf,
      up: new Stream(this.world, reportMsMax),
      down: new Stream(this.world, relayMsMax),
      relay: new Relay(leaf.name),
      report: null,
    };
    this.peers.set(leaf.name, peer);
    leaf.heard.met(peer);
    this.receive(leaf, leaf.report());
    this.relayTo(peer);
  }

  /** The leaf has said this; it arrives later. */
  receive(leaf: SimLeaf, report: LeafReport): void {
    const peer = this.peers.get(leaf.name);
    if (peer?.leaf !== leaf) return;
    peer.up.send(() => {
      peer.report = report;
      this.roster.heard(report, { host: leaf.name, port: 1 }, this.world.time.now());
      if (!this.isReady) this.isReady = this.shardsWithout().length === 0;
      this.relaySoon();
    });
  }

  /** The leaf's process is gone. What it had sent arrives still. */
  disconnected(leaf: SimLeaf): void {
    const peer = this.peers.get(leaf.name);
    if (peer?.leaf !== leaf) return;
    peer.up.send(() => {
      if (this.peers.get(leaf.name) === peer) this.peers.delete(leaf.name);
      this.roster.lost(leaf.name, this.world.time.now());
      this.relaySoon();
    });
  }

  end(): void {
    this.alive = false;
    for (const peer of this.peers.values()) {
      peer.up.close();
      peer.down.close();
      peer.leaf.rootGone(peer);
    }
  }

  /** Shards that a query to this root would miss: those that it knows nobody for who answers now. */
  shardsWithout(): number[] {
    return Array.from({ length: this.world.shards }, (_, shard) => shard).filter((shard) => !this.canAnswer(shard));
  }

  /** A root asks those that are ready; where there are none, those on their way out; one that fails, another. */
  private canAnswer(shard: number): boolean {
    const inState = (state: string): Peer[] =>
      [...this.peers.values()].filter(
        ({ report }) => report?.replicas.get(replicaName(indexId, shard))?.state === state,
      );
    const ready = inState('ready');
    const asked = ready.length > 0 ? ready : inState('draining');
    return asked.some(({ leaf }) => leaf.answersFor(`${indexId}/${shard}`));
  }

  private relaySoon(): void {
    const at = this.world.time.now() + this.world.random.integer(1, 100);
    if (this.relayAt <= at) return;
    this.relayAt = at;
    this.world.time.at(at, () => {
      this.relayAt = Infinity;
      if (this.alive) for (const peer of this.peers.values()) this.relayTo(peer);
    });
  }

  private relayTo(peer: Peer): void {
    const members = peer.relay.next(this.roster, this.ring, this.world.time.now());
    if (members !== null) peer.down.send(() => peer.leaf.members(peer, members));
  }

  /** What time alone changes. */
  private tick(): void {
    this.world.time.after(500, () => {
      if (!this.alive) return;
      this.relaySoon();
      this.tick();
    });
  }
}
