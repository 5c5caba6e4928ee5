/**
 * One checkout's indexing in a process of its own, without threads and disks: batches of a log to segments, merged as they come.
 * The same documents as every other checkout draws from the same seed. Touches the world: process.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OffsetBatch } from '../../leaf/indexing/pending.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import type { WorkerAnswer } from './worker-side.ts';

export interface IndexingSetting {
  /** Folder of the checkout. */
  readonly checkout: string;
  /** In one measurement. */
  readonly documents: number;
  readonly seed: number;
}

const documentsOfBatch = 100;
const documentsOfSegment = 2000;
const wordsMax = 80;
const fields: readonly IndexedField[] = [
  { name: 'body', path: 'body', kind: 'text' },
  { name: 'n', path: 'n', kind: 'integer' },
];

/** What a document holds beside its number. */
const bodies = { counters: false, texts: true } as const;

async function serve({ checkout, documents, seed }: IndexingSetting): Promise<void> {
  const load = async <T>(path: string): Promise<T> => (await import(pathToFileURL(join(checkout, path)).href)) as T;
  const { createRandom } = await load<typeof import('../../shared/random/random.ts')>('shared/random/random.ts');
  const { BatchWriter } = await load<typeof import('../../shared/log/batch.ts')>('shared/log/batch.ts');
  const { documentEngine: engine } = await load<typeof import('../../leaf/indexing/document-engine.ts')>(
    'leaf/indexing/document-engine.ts',
  );
  const { ReplicaWriter } = await load<typeof import('../../leaf/indexing/replica-writer.ts')>(
    'leaf/indexing/replica-writer.ts',
  );

  const batchesOf = (firstOffset: number, hasText: boolean): OffsetBatch[] => {
    const random = createRandom(seed);
    const batches: OffsetBatch[] = [];
    for (let start = 0; start < documents; start += documentsOfBatch) {
      const writer = new BatchWriter(-1);
      for (let i = start; i < Math.min(start + documentsOfBatch, documents); i++) {
        const words = Array.from({ length: random.integer(20, wordsMax) }, () => `w${random.integer(0, 5000)}`);
        const document = hasText ? { n: i, body: words.join(' ') } : { n: i };
        writer.add('put', `document-${i}`, Buffer.from(JSON.stringify(document)));
      }
      batches.push({ firstOffset: firstOffset + start, count: writer.count, bytes: writer.finish() });
    }
    return batches;
  };
  const place = { folder: join(tmpdir(), 'never-written'), indexId: 'x0', shard: 0, kind: 'document' as const };
  const newWriter = () => new ReplicaWriter({ engine, replica: 1, place, fields, found: null });
  const index = (writer: ReturnType<typeof newWriter>, batches: readonly OffsetBatch[]): number => {
    let taken = 0;
    for (const batch of batches) {
      writer.take(batch, 0);
      taken += batch.count;
      if (taken % documentsOfSegment < batch.count) writer.refresh(0);
      while (writer.mergeDue) writer.merge(0);
    }
    return writer.refresh(0).segments.reduce((sum, { liveCount }) => sum + liveCount, 0);
  };

  const measurements = new Map<string, () => { cpuUs: number; found: number }>();
  for (const [what, hasText] of Object.entries(bodies)) {
    const [first, again] = [batchesOf(0, hasText), batchesOf(documents, hasText)];
    measurements.set(`new keys, ${what}`, () => timed(newWriter(), first));
    measurements.set(`the same keys, ${what}`, () => {
      const writer = newWriter();
      index(writer, first);
      return timed(writer, again);
    });
  }
  function timed(writer: ReturnType<typeof newWriter>, batches: readonly OffsetBatch[]) {
    const before = process.cpuUsage();
    const found = index(writer, batches);
    const { user, system } = process.cpuUsage(before);
    return { cpuUs: (user + system) / documents, found };
  }

  // Twice, for V8 to compile what it will.
  let digest = 0;
  for (const measure of [...measurements.values(), ...measurements.values()]) digest += measure().found;
  answer({ kind: 'built', classes: [...measurements.keys()], digest });
  process.on('message', (name: string) => {
    answer({ kind: 'measured', cpuUs: measurements.get(name)!().cpuUs });
  });
}

function answer(message: WorkerAnswer): void {
  process.send!(message);
}

process.once('message', (setting: IndexingSetting) => void serve(setting));
process.once('disconnect', () => process.exit());
