/** Has a root read the sources there are: its share of them, as other roots are seen to be there; and what is to be done for all of them. */
import { parseAddress, type Address } from '../../shared/transport/address.ts';
import type { SourceDefinition } from '../../shared/catalog/definition.ts';
import { asSheafError } from '../../shared/errors.ts';
import type { HeldLease } from '../../shared/lease/leases.ts';
import { limits } from '../../shared/limits.ts';
import { CheckpointDue } from '../../shared/log/checkpoint-due.ts';
import { PresentRoots, presenceLease } from './present-roots.ts';
import type { SourceCluster } from './source-cluster.ts';
import { SourceWork, type SourceWorkDependencies } from './source-work.ts';

/** Opens a Kafka cluster, of which nothing is asked yet. */
export type OpenCluster = (brokers: readonly Address[], onFault: (error: unknown) => void) => Promise<SourceCluster>;

export interface SourceRunnerDependencies extends SourceWorkDependencies {
  readonly openCluster: OpenCluster;
}

/** A root that is gone is known to be so long after its last word. */
const presenceTtlMs = 5000;
const lookEveryMs = 1000;
const keepEveryMs = 60_000;

interface Under {
  readonly brokers: string;
  readonly work: SourceWork;
}

export class SourceRunner {
  private readonly root: SourceRunnerDependencies;
  private readonly present: PresentRoots;
  private readonly closing = new AbortController();
  /** By id of the source. */
  private readonly under = new Map<number, Under>();
  private readonly looking = new Set<number>();
  private readonly running: Promise<void>;
  private presence: HeldLease | null = null;
  private isComing = false;
  private readonly due: CheckpointDue;
  private keptAt: number;

  constructor(root: SourceRunnerDependencies) {
    this.root = root;
    this.present = new PresentRoots(root.clock);
    this.due = new CheckpointDue(root.clock);
    this.keptAt = root.clock.now();
    this.running = this.run();
  }

  /** What this root does for a source, as far as it does. */
  workOf({ id }: Pick<SourceDefinition, 'id'>): Pick<SourceWork, 'latest' | 'lanes' | 'endOfDeadLetters'> | undefined {
    return this.under.get(id)?.work;
  }

  /** Stops, and gives free what it holds. */
  async close(): Promise<void> {
    this.closing.abort(new Error('the root is closed'));
    await this.running;
    await Promise.all(Array.from(this.under.values(), ({ work }) => work.close()));
    this.presence?.release();
  }

  private async run(): Promise<void> {
    while (!this.closing.signal.aborted) {
      try {
        await this.look();
        await this.keep();
      } catch (error) {
        this.root.telemetry.debug({ err: asSheafError(error) }, 'the sources were not looked at');
      }
      await this.pause();
    }
  }

  private async look(): Promise<void> {
    const { catalog, leases } = this.root;
    const all = [...catalog.state.sources.values()];
    await this.closeOthers(all);
    if (all.length === 0) {
      this.presence?.release();
      this.presence = null;
      return;
    }
    this.come();
    const roots = this.present.look(leases.all() ?? []);
    for (const source of all) void this.lookAt(source, roots);
  }

  /** One whose brokers are silent does not hold up the others. */
  private async lookAt(source: SourceDefinition, roots: readonly string[]): Promise<void> {
    if (this.looking.has(source.id)) return;
    this.looking.add(source.id);
    try {
      await (await this.openFor(source)).look(source, roots);
    } catch (error) {
      this.root.telemetry.debug({ source: source.name, err: asSheafError(error) }, 'a source was not looked at');
    } finally {
      this.looking.delete(source.id);
    }
  }

  /** Of sources that are gone, or have other brokers now. */
  private async closeOthers(all: readonly SourceDefinition[]): Promise<void> {
    const brokers = new Map(all.map((source) => [source.id, source.brokers.join()]));
    for (const [id, under] of this.under) {
      if (brokers.get(id) === under.brokers) continue;
      this.under.delete(id);
      await under.work.close();
    }
  }

  private async openFor(source: SourceDefinition): Promise<SourceWork> {
    const known = this.under.get(source.id);
    if (known !== undefined) return known.work;
    const { telemetry, openCluster } = this.root;
    const brokers = source.brokers.map((broker) => parseAddress(broker)!);
    const cluster = await openCluster(brokers, (error) => {
      telemetry.debug({ source: source.name, err: asSheafError(error) }, 'a request of a source is made again');
    });
    const work = new SourceWork(this.root, cluster, source);
    if (this.closing.signal.aborted) await work.close();
    else this.under.set(source.id, { brokers: source.brokers.join(), work });
    return work;
  }

  /** Has others see this root, as long as there are sources. */
  private come(): void {
    if (this.isComing || this.presence?.isHeld() === true) return;
    const { leases, incarnation } = this.root;
    const { signal } = this.closing;
    this.isComing = true;
    leases.acquire(presenceLease(incarnation), { ttlMs: presenceTtlMs, signal }).then(
      (lease) => {
        this.presence = lease;
        this.isComing = false;
      },
      () => {
        this.isComing = false;
      },
    );
  }

  /** Every root does so, at the same time as others: what comes second changes nothing. */
  private async keep(): Promise<void> {
    const { book, catalog, clock } = this.root;
    if (clock.now() - this.keptAt < keepEveryMs || !catalog.isKnown) return;
    this.keptAt = clock.now();
    const ids = new Set(Array.from(catalog.state.sources.values(), ({ id }) => id));
    // What was written of a source is newer than the entry that has created it.
    const gone = book.sources.all().filter(({ id }) => !ids.has(id) && id <= catalog.state.offset);
    const sources = gone.slice(0, limits.sourcesKnownMax).map(({ id }) => id);
    if (sources.length > 0) await book.append({ entry: 'forget', sources });
    if (this.due.isDue(book.sources)) await book.checkpoint();
  }

  private async pause(): Promise<void> {
    const { clock, timers } = this.root;
    const { signal } = this.closing;
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    const timer = timers.at(clock.now() + lookEveryMs, wake);
    signal.addEventListener('abort', wake, { once: true });
    await promise;
    signal.removeEventListener('abort', wake);
    timer.cancel();
  }
}
