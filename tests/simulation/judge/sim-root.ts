/** A root: the real write path and read path, over a simulated log and simulated connections. */
import { getDocument, type ReadDocument } from '../../../root/get-document.ts';
import { ingest, type IngestAnswer, type IngestDependencies, type IngestRequest } from '../../../root/ingest.ts';
import { rootKinds } from '../../../root/kinds/root-kinds.ts';
import { ParseJob, type ParseWorld } from '../../../root/route/parse-job.ts';
import type { BulkOptions } from '../../../root/route/bulk-router.ts';
import { WriteJob, type WriteResult, type WriteTarget } from '../../../root/route/write-job.ts';
import type { WriteSource } from '../../../root/route/write-jobs.ts';
import type { CatalogState } from '../../../shared/catalog/catalog.ts';
import { planValidation } from '../../../shared/schema/validate.ts';
import { Link } from '../link.ts';
import { SimRoot, type Path } from '../sim-root.ts';
import { LogPort } from '../log-port.ts';
import type { SimLeaf } from './sim-leaf.ts';
import { underNext, type JudgementVersion } from './versions.ts';
import { catalogOf, indexOf, type JudgeWorld } from './world.ts';

export type Asked = Pick<IngestRequest, 'key' | 'source' | 'identity' | 'keySeed' | 'tellsOutcomes'>;

export const outcomesTimeoutMs = 3000;
const readTimeoutMs = 500;

export class JudgeRoot {
  readonly name: string;
  readonly version: JudgementVersion;
  isUp = true;
  readonly port: LogPort;
  readonly paths: readonly (Path & { readonly leaf: SimLeaf })[];
  catalog: CatalogState;
  private readonly world: JudgeWorld;
  private readonly root: SimRoot;
  private readonly died = Promise.withResolvers<never>();
  readonly bornAt: number;
  private jobs = 0;

  constructor(
    name: string,
    world: JudgeWorld,
    from: { leaves: readonly SimLeaf[]; version: JudgementVersion; hasTag: boolean },
  ) {
    const { time, random, note, violate } = world;
    this.name = name;
    this.world = world;
    this.version = from.version;
    this.bornAt = time.now();
    this.catalog = catalogOf(world, from.hasTag);
    this.port = new LogPort(name, world, (batches) =>
      this.version === 'next' && random.chance(0.5) ? underNext(batches) : batches,
    );
    const links = () => ({ there: new Link(time, random), back: new Link(time, random) });
    this.paths = from.leaves.map((leaf) => ({ leaf, ...links() }));
    this.root = new SimRoot(name, { time, random, paths: this.paths, onHedges: () => undefined, note, violate });
    this.died.promise.catch(() => undefined);
  }

  /** kill -9: nobody hears of it any more. */
  crash(): void {
    this.isUp = false;
    this.port.end();
    for (const { there, back } of this.paths) {
      there.faults = { ...there.faults, cut: true };
      back.faults = { ...back.faults, cut: true };
    }
    this.died.reject(new Error(`${this.name} is gone`));
  }

  /** @throws Error where the root dies, and what ingest throws */
  async write(asked: Asked): Promise<IngestAnswer> {
    const index = indexOf(this.catalog);
    const request: IngestRequest = {
      ...asked,
      index,
      arrivedAtMs: 0,
      outcomesTimeoutMs,
      refreshTimeoutMs: undefined,
    };
    return await Promise.race([ingest(this.parts(), request), this.died.promise]);
  }

  async read(key: string): Promise<ReadDocument> {
    const request = { index: indexOf(this.catalog), key, realtime: true, timeoutMs: readTimeoutMs, token: undefined };
    const root = { ...this.root.dependencies, log: this.port };
    return await Promise.race([getDocument(root, request), this.died.promise]);
  }

  private parts(): IngestDependencies {
    const catalogNow = (): CatalogState => this.catalog;
    return {
      ...this.root.dependencies,
      kinds: rootKinds,
      writeJobs: { run: (options, source, target) => this.run(options, source, target) },
      ordinals: { check: async () => Promise.resolve() },
      writeGate: { ofRequest: () => () => null },
      newShards: { waitAfterWrite: async () => Promise.resolve() },
      membership: { waitUntil: async () => Promise.resolve(true) },
      catalog: {
        get state() {
          return catalogNow();
        },
        append: async () => Promise.reject(new Error('no field is added by a document')),
        catchUp: async () => Promise.resolve(),
      },
    };
  }

  /** Parsed in no other thread. */
  private async run(options: BulkOptions, source: WriteSource, target: Omit<WriteTarget, 'log'>): Promise<WriteResult> {
    const number = ++this.jobs;
    const job = new WriteJob({ log: this.port, ...target }, (now) =>
      parse.receive({ kind: 'resume', job: number, ...now }),
    );
    const parseWorld: ParseWorld = {
      plansOf: ({ index }) => ({ plan: planValidation(index.schema), increments: null }),
      randomKey: () => `k${this.world.random.next()}`,
      post: (message) => job.receive(message),
    };
    const parse = new ParseJob(parseWorld, number, options);
    if (source.kind === 'delete') parse.receive({ kind: 'delete', job: number, key: source.key });
    else {
      for await (const piece of source.body) {
        job.noteChunkSent();
        parse.receive({ kind: 'chunk', job: number, bytes: new Uint8Array(piece) });
      }
    }
    parse.receive({ kind: 'end', job: number });
    return await job.finish();
  }
}
