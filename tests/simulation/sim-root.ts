/**
 * A root: the real read path and the real defences over simulated connections. Stands in for membership and transport:
 * calls with ids, a reply counts once, a lost connection fails its calls.
 */
import type { ShardDirectory } from '../../root/plan/round.ts';
import type { Defence } from '../../root/scatter/defence.ts';
import type { LeafPort, TaskOutcome } from '../../root/scatter/drive.ts';
import { SheafError } from '../../shared/errors.ts';
import type { PartialOf, Task } from '../../shared/protocol/tasks.ts';
import type { Link } from './link.ts';
import { countDocumentsOf, type Model } from './model.ts';
import type { Reply, SimLeaf, SimReport } from './sim-leaf.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface RootWorld {
  readonly time: VirtualTime;
  readonly model: Model;
  readonly defence: Defence;
  /** By name. */
  readonly leaves: ReadonlyMap<string, SimLeaf>;
  readonly linkTo: (leaf: string) => Link;
}

interface Call {
  readonly leaf: string;
  readonly receive: (reply: Reply) => void;
}

export class SimRoot implements LeafPort, ShardDirectory {
  private readonly world: RootWorld;
  private readonly calls = new Map<number, Call>();
  private readonly reports = new Map<string, SimReport>();
  private lastId = 0;

  constructor(world: RootWorld) {
    this.world = world;
  }

  /** Calls without an end. */
  get openCalls(): number {
    return this.calls.size;
  }

  send<T extends Task>(leaf: string, task: T, onOutcome: (outcome: TaskOutcome<T>) => void): { cancel: () => void } {
    const id = ++this.lastId;
    const link = this.world.linkTo(leaf);
    const sim = this.world.leaves.get(leaf)!;
    this.calls.set(id, { leaf, receive: (reply) => onOutcome(outcomeOf<T>(reply)) });
    if (this.reports.has(leaf)) link.carry(() => sim.receiveTask(id, task));
    else this.world.time.after(0, () => this.receive(id, { ok: false, code: 'LEAF_UNREACHABLE' }));
    return {
      cancel: () => {
        if (this.calls.delete(id)) link.carry(() => sim.receiveCancel(id));
      },
    };
  }

  readyOwners(_indexId: string, shards: number): readonly (readonly string[])[] {
    const owners = Array.from({ length: shards }, (): string[] => []);
    for (const { leaf, ready } of this.reports.values()) for (const shard of ready) owners[shard]!.push(leaf);
    return owners;
  }

  documentsOf(_indexId: string, shard: number): number | null {
    return countDocumentsOf(this.world.model, [shard]);
  }

  /** Simulated searches are not scored. */
  stateOf(): null {
    return null;
  }

  isUp(leaf: string): boolean {
    return this.reports.has(leaf);
  }

  receiveReply(leaf: string, id: number, reply: Reply): void {
    this.world.defence.book.heard(leaf, this.world.time.now());
    this.receive(id, reply);
  }

  /** The first report of a new process is its new connection, which ends the one before. */
  receiveReport(report: SimReport): void {
    const { book } = this.world.defence;
    const now = this.world.time.now();
    const before = this.reports.get(report.leaf);
    if (before !== undefined && before.incarnation > report.incarnation) return;
    if (before?.incarnation === report.incarnation && before.sequence >= report.sequence) return;
    if (before?.incarnation !== report.incarnation) {
      this.loseConnection(report.leaf);
      book.met(report.leaf, now);
    }
    book.heard(report.leaf, now);
    book.reported(report.leaf, { queued: report.queued }, now);
    this.reports.set(report.leaf, report);
  }

  /** The connection ended: its calls fail, and the leaf's shards are nobody's until it connects again. */
  loseConnection(leaf: string): void {
    this.reports.delete(leaf);
    for (const [id, call] of this.calls) {
      if (call.leaf === leaf) this.receive(id, { ok: false, code: 'LEAF_UNREACHABLE' });
    }
  }

  private receive(id: number, reply: Reply): void {
    const call = this.calls.get(id);
    if (call === undefined) return;
    this.calls.delete(id);
    call.receive(reply);
  }
}

function outcomeOf<T extends Task>(reply: Reply): TaskOutcome<T> {
  if (!reply.ok) return { ok: false, error: new SheafError(reply.code) };
  return { ok: true, partial: reply.partial as PartialOf<T>, body: new Uint8Array() };
}
