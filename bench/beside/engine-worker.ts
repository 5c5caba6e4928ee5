/**
 * One checkout's engine in a process of its own, asked over the channel to its parent: the same corpus and queries as every other
 * checkout draws from the same seed, if its benchmark draws alike. Touches the world: process and files.
 */
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { WorkerAnswer } from './worker-side.ts';

export interface EngineSetting {
  /** Folder of the checkout. */
  readonly checkout: string;
  readonly corpus: string;
  readonly documents: number;
  readonly queriesOfEachKind: number;
  readonly seed: number;
}

const k = 10;
const multiplier = 31;
const digestSize = 2 ** 32;

async function serve(setting: EngineSetting): Promise<void> {
  const load = async <T>(path: string): Promise<T> =>
    (await import(pathToFileURL(join(setting.checkout, path)).href)) as T;
  const { createRandom } = await load<typeof import('../../shared/random/random.ts')>('shared/random/random.ts');
  const corpus = await load<typeof import('../engine/corpus.ts')>('bench/engine/corpus.ts');
  const drawn = await load<typeof import('../engine/queries.ts')>('bench/engine/queries.ts');
  const { SheafEngine } = await load<typeof import('../engine/sheaf.ts')>('bench/engine/sheaf.ts');
  const random = createRandom(setting.seed);
  const papers = corpus.readPapers(setting.corpus);
  const { documents } = setting;
  const texts =
    papers === null ? corpus.inventTexts(documents, random) : corpus.repeatVaried(papers, documents, random);
  const queries = drawn.makeEngineQueries(texts, random, setting.queriesOfEachKind);
  const engine = new SheafEngine();
  engine.build(texts);
  engine.prepare(queries);
  const ask = (kind: string): number => {
    let digest = 0;
    for (const query of queries) {
      if (query.kind !== kind) continue;
      for (const hit of engine.search(query, k)) digest = (digest * multiplier + hit.document) % digestSize;
    }
    return digest;
  };
  const kinds = drawn.engineQueryKinds;
  // Twice, for V8 to compile what it will; both checkouts have to give the same answers.
  const digests = [...kinds, ...kinds].map(ask);
  answer({
    kind: 'built',
    classes: kinds,
    digest: digests.reduce((sum, digest) => (sum * multiplier + digest) % digestSize, 0),
  });
  process.on('message', (kind: string) => {
    const before = process.cpuUsage();
    ask(kind);
    const { user, system } = process.cpuUsage(before);
    answer({ kind: 'measured', cpuUs: (user + system) / setting.queriesOfEachKind });
  });
}

function answer(message: WorkerAnswer): void {
  process.send!(message);
}

process.once('message', (setting: EngineSetting) => void serve(setting));
process.once('disconnect', () => process.exit());
