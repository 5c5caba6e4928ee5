/**
 * Entries of one shard that were read from the log and are not searchable yet. Of a key that was only put the last put counts;
 * of any other, what its entries do depends on one another, and on what other keys are deleted, so they are kept in order.
 */
import { SheafError } from '../../shared/errors.ts';
import { decodeChange, type Change } from '../../shared/judge/change.ts';
import { readEntries } from '../../shared/log/batch.ts';
import { isRouted } from '../../shared/schema/routing.ts';

export interface PendingPut {
  readonly key: string;
  readonly offset: number;
  /** The document's JSON. */
  readonly source: Uint8Array;
  /** Log offset of the first of the puts of the key that are pending; null where that is this one. */
  readonly first: number | null;
  /** How many puts of the key are pending; the document's version, once that before them is added. */
  version: number;
}

/** An entry of a key that was not only put. */
export type PendingStep = { readonly key: string; readonly offset: number } & (
  | { readonly kind: 'put'; readonly source: Uint8Array }
  | { readonly kind: 'delete' }
  | { readonly kind: 'judged'; readonly change: Change }
);

/** The bytes of one record batch and where they stand in the partition. */
export interface OffsetBatch {
  readonly firstOffset: number;
  readonly count: number;
  readonly bytes: Uint8Array;
  /** See LogBatch. */
  readonly skipped?: boolean;
}

/** A change as the bytes of an entry say it. @throws SheafError BATCH_INVALID, JUDGEMENT_VERSION_UNKNOWN */
export type ReadChange = (bytes: Uint8Array) => Change;

export class Pending {
  /** Bytes of the batches held, superseded entries included: what it costs to wait. */
  sizeBytes = 0;
  /** Whether a document that went by a routing may be among them. */
  hasRouted = false;
  /** The last put of each key that was only put, offsets ascending. */
  readonly puts = new Map<string, PendingPut>();
  /** The entries of all other keys, in the order of the log. */
  readonly steps: PendingStep[] = [];
  /** By key of the steps what was put before them: null where nothing was. */
  readonly putsBefore = new Map<string, PendingPut | null>();
  private readonly readChange: ReadChange;

  /** @param readChange knows the judgements that this leaf knows */
  constructor(readChange: ReadChange = decodeChange) {
    this.readChange = readChange;
  }

  /**
   * Takes the entries of a batch above `after`.
   * @returns how many documents were put
   * @throws SheafError LOG_CORRUPT, BATCH_INVALID, JUDGEMENT_VERSION_UNKNOWN
   */
  take(batch: OffsetBatch, after: number): number {
    let offset = batch.firstOffset;
    let documents = 0;
    for (const { kind, key, body } of readEntries(batch.bytes)) {
      if (offset > after) {
        if (kind === 'put') {
          this.hasRouted ||= isRouted(body);
          this.put(key, offset, body);
          documents++;
        } else if (kind === 'delete') {
          this.stepsOf(key).push({ kind, key, offset });
        } else if (kind === 'judged') {
          const change = this.readChange(body);
          this.hasRouted ||= makesRouted(change);
          this.stepsOf(key).push({ kind, key, offset, change });
          if (change.operation.kind !== 'delete') documents++;
        } else throw new SheafError('LOG_CORRUPT', { detail: { offset, reason: 'no document' } });
      }
      offset++;
    }
    this.sizeBytes += batch.bytes.length;
    return documents;
  }

  private put(key: string, offset: number, source: Uint8Array): void {
    if (this.putsBefore.size > 0 && this.putsBefore.has(key)) {
      this.steps.push({ kind: 'put', key, offset, source });
      return;
    }
    const before = this.puts.get(key);
    if (before === undefined) {
      this.puts.set(key, { key, offset, source, first: null, version: 1 });
      return;
    }
    // Deleted first, because a Map keeps the place of a key that is set again, and segments keep the log's order.
    this.puts.delete(key);
    this.puts.set(key, { key, offset, source, first: before.first ?? before.offset, version: before.version + 1 });
  }

  private stepsOf(key: string): PendingStep[] {
    if (!this.putsBefore.has(key)) {
      this.putsBefore.set(key, this.puts.get(key) ?? null);
      this.puts.delete(key);
    }
    return this.steps;
  }
}

/** A document there is that is patched was made by an entry before. */
function makesRouted({ operation }: Change): boolean {
  switch (operation.kind) {
    case 'put':
      return isRouted(operation.source);
    case 'patch':
      return isRouted(operation.partial) || (operation.upsert !== null && isRouted(operation.upsert));
    case 'delete':
      return false;
  }
}
