/**
 * What each entry of the log does, said naively: one after the other, in the order of the log, by rules written down here once
 * more. Shares with what is tried only how an entry is read.
 */
import type { Retention } from '../../../leaf/keys/key-history.ts';
import { decodeChange, type Change, type Condition, type Patch } from '../../../shared/judge/change.ts';
import { readEntries } from '../../../shared/log/batch.ts';
import type { LogBatch } from '../../../shared/log/log.ts';
import { asThis, versionOf, type JudgementVersion } from './versions.ts';

export interface Told {
  readonly result: string;
  readonly version: number;
  readonly sequence: number;
}

interface Live {
  readonly version: number;
  readonly sequence: number;
  /** Whose copy it is; 0 where it is none. */
  readonly origin: number;
  readonly document: object;
}

interface Tombstone {
  readonly version: number;
  readonly sequence: number;
  /** Whose copy was deleted by whoever makes them; 0: any other deletion. */
  readonly origin: number;
  /** Which deletion of the partition it was, from 1. */
  readonly deletion: number;
}

type Copy = Extract<Condition, { kind: 'copy' }>;

/** What there was of a key before an entry. */
interface Before {
  readonly live: Live | null;
  readonly version: number;
  readonly sequence: number;
  /** Of the document, or of its deletion. */
  readonly origin: number;
}

export interface NaiveEntry {
  readonly offset: number;
  readonly kind: string;
  readonly key: string;
  /** Who wrote it; null where the entry does not say. */
  readonly by: string | null;
}

export class Oracle {
  private readonly retention: Retention;
  private readonly partitions = new Map<string, NaivePartition>();

  constructor(retention: Retention) {
    this.retention = retention;
  }

  of(partition: string): NaivePartition {
    let known = this.partitions.get(partition);
    if (known === undefined) this.partitions.set(partition, (known = new NaivePartition(this.retention)));
    return known;
  }

  all(): IterableIterator<NaivePartition> {
    return this.partitions.values();
  }
}

export class NaivePartition {
  /** Of the last entry. */
  head = -1;
  readonly entries = new Map<number, NaiveEntry>();
  /** By offset, of all that were judged. */
  readonly outcomes = new Map<number, Told>();
  private readonly retention: Retention;
  private readonly live = new Map<string, Live>();
  private readonly buried = new Map<string, Tombstone>();
  private deletions = 0;
  /** By key what it was from which offset on. */
  private readonly histories = new Map<string, { readonly offset: number; readonly live: Live | null }[]>();

  constructor(retention: Retention) {
    this.retention = retention;
  }

  take({ firstOffset, bytes }: LogBatch): void {
    let offset = firstOffset;
    for (const { kind, key, body } of readEntries(bytes)) this.apply(offset++, kind, key, body);
  }

  /** The document of a key after all entries up to an offset; null where there is none. */
  documentAt(key: string, offset: number): Live | null {
    return this.histories.get(key)?.findLast((one) => one.offset <= offset)?.live ?? null;
  }

  documentsAt(offset: number): number {
    return [...this.histories.keys()].filter((key) => this.documentAt(key, offset) !== null).length;
  }

  /** Those that are to be remembered after all entries up to an offset. */
  outcomesAt(offset: number): [number, Told][] {
    return [...this.outcomes].filter(([at]) => at <= offset).slice(-this.retention.outcomesMax);
  }

  /** What is to be remembered of deletions after the last entry, as `key@sequence/version/origin`. */
  tombstones(): string[] {
    return [...this.buried]
      .filter(([key, tombstone]) => !this.live.has(key) && this.isKnown(tombstone, this.head + 1))
      .map(([key, { sequence, version, origin }]) => `${key}@${sequence}/${version}/${origin}`)
      .sort();
  }

  private isKnown({ sequence, deletion }: Tombstone, offset: number): boolean {
    const { offsetsMax, deletionsMax } = this.retention;
    return offset <= sequence + offsetsMax && this.deletions - deletion < deletionsMax;
  }

  private before(key: string, offset: number): Before {
    const live = this.live.get(key);
    if (live !== undefined) return { live, version: live.version, sequence: live.sequence, origin: live.origin };
    const tombstone = this.buried.get(key);
    if (tombstone === undefined || !this.isKnown(tombstone, offset)) {
      return { live: null, version: 0, sequence: -1, origin: 0 };
    }
    return { live: null, version: tombstone.version, sequence: tombstone.sequence, origin: tombstone.origin };
  }

  private apply(offset: number, kind: string, key: string, body: Uint8Array): void {
    this.head = offset;
    const before = this.before(key, offset);
    let by: string | null = null;
    if (kind === 'put') {
      const document = read(body);
      by = byOf(document);
      this.put(key, offset, before.version + 1, document);
    } else if (kind === 'delete') {
      if (before.live !== null) this.bury(key, offset, before.version + 1);
    } else {
      const change = decodeChange(asThis(body));
      const { operation } = change;
      if (operation.kind !== 'delete') by = byOf(read(operation.kind === 'put' ? operation.source : operation.partial));
      const result = this.judge(key, offset, before, change, versionOf(body));
      const after = this.before(key, offset);
      this.outcomes.set(offset, { result, version: after.version, sequence: after.sequence });
    }
    this.entries.set(offset, { offset, kind, key, by });
    this.note(key, offset);
  }

  private judge(
    key: string,
    offset: number,
    before: Before,
    { condition, operation }: Change,
    rules: JudgementVersion,
  ): string {
    const refusal =
      condition.kind === 'copy' ? copyRefusal(before, condition, operation.kind) : refusalOf(before, condition);
    if (refusal !== null) return refusal;
    const isThere = before.live !== null;
    const saidVersion = 'version' in condition ? condition.version : null;
    if (operation.kind === 'put') {
      const origin = condition.kind === 'copy' ? condition.origin : 0;
      this.put(key, offset, saidVersion ?? before.version + 1, read(operation.source), origin);
      return isThere ? 'updated' : 'created';
    }
    if (operation.kind === 'delete') {
      if (!isThere && saidVersion === null) return 'not_found';
      this.bury(key, offset, saidVersion ?? before.version + 1, condition.kind === 'copy' ? condition.origin : 0);
      return isThere ? 'deleted' : 'not_found';
    }
    if (!isThere) return this.upsert(key, offset, before, operation, rules);
    const patched = lay(before.live.document, read(operation.partial), operation.nulls === 'removed');
    if (operation.detectNoop && JSON.stringify(patched) === JSON.stringify(before.live.document)) return 'noop';
    this.put(key, offset, before.version + 1, patched);
    return 'updated';
  }

  private upsert(
    key: string,
    offset: number,
    { version }: Before,
    { upsert, partial }: Patch,
    rules: JudgementVersion,
  ): string {
    const document = upsert ?? (rules === 'next' ? partial : null);
    if (document === null) return 'not_found';
    this.put(key, offset, version + 1, read(document));
    return 'created';
  }

  private put(key: string, sequence: number, version: number, document: object, origin = 0): void {
    this.live.set(key, { version, sequence, document, origin });
  }

  private bury(key: string, sequence: number, version: number, origin = 0): void {
    this.live.delete(key);
    this.buried.set(key, { version, sequence, origin, deletion: ++this.deletions });
  }

  private note(key: string, offset: number): void {
    const history = this.histories.get(key) ?? [];
    this.histories.set(key, history);
    history.push({ offset, live: this.live.get(key) ?? null });
  }
}

function copyRefusal({ live, version, sequence, origin }: Before, said: Copy, operation: string): string | null {
  const isNothing = live === null && (sequence < 0 || sequence <= said.since);
  if (isNothing) return null;
  // What the key has of its own, a document or a deletion.
  if (origin === 0) return operation === 'put' ? 'conflict' : 'not_found';
  const isOwn = origin === said.origin;
  if (operation === 'put') {
    if (version < said.version) return null;
    if (isOwn) return 'noop';
    // A copy of the same state that somebody else made is taken over.
    return live !== null && version === said.version ? null : 'conflict';
  }
  if (live === null) return version < said.version ? null : 'not_found';
  if (!isOwn) return 'not_found';
  return version > said.version ? 'noop' : null;
}

function refusalOf({ live, version }: Before, condition: Exclude<Condition, Copy>): string | null {
  switch (condition.kind) {
    case 'none':
      return null;
    case 'absent':
      return live === null ? null : 'conflict';
    case 'exists':
      return live === null ? 'not_found' : null;
    case 'sequence':
      return live?.sequence === condition.sequence ? null : 'conflict';
    case 'newer':
      return condition.version > version ? null : 'conflict';
  }
}

/** Documents of the simulation are flat. */
function lay(document: object, partial: object, removesNulls: boolean): object {
  const all = Object.entries({ ...document, ...partial });
  return Object.fromEntries(removesNulls ? all.filter(([name, value]) => value !== null || !(name in partial)) : all);
}

function read(bytes: Uint8Array): object {
  return JSON.parse(Buffer.from(bytes).toString()) as object;
}

function byOf(document: object): string | null {
  return 'by' in document ? String(document.by) : null;
}
