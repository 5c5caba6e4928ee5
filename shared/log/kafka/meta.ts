/** An entry of the topic `meta`: which topics are those of a log, and which batches are left out. The fold of them. Pure. */
import { SheafError } from '../../errors.ts';
import { isObject } from '../../json/read-object.ts';

export type MetaEntry =
  /** A topic was made for the log. The first that is told of a name is the one; its id is never another. */
  | { readonly kind: 'made'; readonly topic: string; readonly id: string; readonly partitions: number }
  /** A topic is needed no more, for good. */
  | { readonly kind: 'removed'; readonly topic: string }
  /** A batch is delivered without entries from now on. */
  | { readonly kind: 'skipped'; readonly partition: string; readonly firstOffset: number };

const version = 1;

export function writeMeta(entry: MetaEntry): Buffer {
  return Buffer.from(JSON.stringify({ version, ...entry }));
}

/** @throws SheafError BATCH_INVALID, BATCH_VERSION_UNKNOWN */
export function readMeta(bytes: Uint8Array): MetaEntry {
  const entry = parse(bytes);
  if (typeof entry['version'] === 'number' && entry['version'] > version) {
    throw new SheafError('BATCH_VERSION_UNKNOWN', { detail: { version: entry['version'], known: version } });
  }
  const { kind, topic, id, partitions, partition, firstOffset } = entry;
  if (kind === 'made' && typeof topic === 'string' && typeof id === 'string' && typeof partitions === 'number') {
    return { kind, topic, id, partitions };
  }
  if (kind === 'removed' && typeof topic === 'string') return { kind, topic };
  if (kind === 'skipped' && typeof partition === 'string' && typeof firstOffset === 'number') {
    return { kind, partition, firstOffset };
  }
  throw invalid();
}

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const entry: unknown = JSON.parse(Buffer.from(bytes).toString());
    if (isObject(entry) && typeof entry['version'] === 'number') return entry;
  } catch {
    // No JSON is no entry.
  }
  throw invalid();
}

function invalid(): SheafError {
  return new SheafError('BATCH_INVALID', { detail: { reason: 'not an entry of what a log is made of' } });
}

export interface MadeTopic {
  readonly id: string;
  readonly partitions: number;
}

export class MetaTable {
  private readonly topics = new Map<string, MadeTopic>();
  private readonly gone = new Set<string>();
  private readonly skipped = new Set<string>();

  read(entry: MetaEntry): void {
    switch (entry.kind) {
      case 'made':
        if (!this.topics.has(entry.topic) && !this.gone.has(entry.topic)) this.topics.set(entry.topic, entry);
        return;
      case 'removed':
        this.topics.delete(entry.topic);
        this.gone.add(entry.topic);
        return;
      case 'skipped':
        this.skipped.add(`${entry.partition} ${entry.firstOffset}`);
    }
  }

  /** Undefined of one that was not made, or removed. */
  madeOf(topic: string): MadeTopic | undefined {
    return this.topics.get(topic);
  }

  isRemoved(topic: string): boolean {
    return this.gone.has(topic);
  }

  all(): ReadonlyMap<string, MadeTopic> {
    return this.topics;
  }

  isSkipped(partition: string, firstOffset: number): boolean {
    return this.skipped.has(`${partition} ${firstOffset}`);
  }
}
