/**
 * Documents from bytes to record batches: cut, parse, check against the schema, find the key, hash it to a shard,
 * append to that shard's batch. One line that cannot be taken is rejected and no other. Pure; runs in the parse worker.
 */
import { isUtf8 } from 'node:buffer';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import { indexKinds } from '../../shared/index-kinds/index-kinds.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import { findDuplicateKey } from '../../shared/json/duplicate-key.ts';
import { quoteAsWritten } from '../../shared/json/written-number.ts';
import { isObject } from '../../shared/json/read-object.ts';
import { limits } from '../../shared/limits.ts';
import { BatchWriter, type EntryKind } from '../../shared/log/batch.ts';
import type { IncrementReader } from '../../shared/rollup/read-increment.ts';
import { encodeRow } from '../../shared/rollup/row.ts';
import { checkKey, keyText, readKey } from '../../shared/schema/key.ts';
import { validateDocument, type DocumentFault, type ValidationPlan } from '../../shared/schema/validate.ts';
import { ByteOrderMark } from './byte-order-mark.ts';
import type { BodyEntries } from './body-entries.ts';
import { DocumentSplitter, type DocumentPiece, type Splitter } from './document-splitter.ts';
import { WholeBody } from './whole-body.ts';

export interface Rejection extends DocumentFault {
  /** See DocumentPiece. */
  readonly line: number;
}

export interface RoutedBatch {
  readonly partition: string;
  readonly count: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** How a document's key is found: a field of it, one given beforehand (the body is that one document), or made up. */
export type KeySource =
  | { readonly kind: 'field'; readonly field: string }
  | { readonly kind: 'given'; readonly key: string }
  | { readonly kind: 'generated' };

export interface BulkOptions {
  readonly index: Pick<IndexDefinition, 'id' | 'kind' | 'shards' | 'schema'>;
  readonly entries: BodyEntries;
  /** Of the catalog that `index` was read from. */
  readonly catalogOffset: number;
  readonly key: KeySource;
  /** Time of day at which the request came, milliseconds since 1970. */
  readonly arrivedAtMs: number;
  /** Hand nothing to the log before the whole body has been read: it is one append. */
  readonly isOneAppend: boolean;
}

export interface BulkDependencies {
  /** Of the index's schema. */
  readonly plan: ValidationPlan;
  /** Where the documents are increments. */
  readonly increments: IncrementReader | null;
  /** A new key, unique for ever. */
  readonly generateKey: () => string;
}

/** Property of a line that deletes a document. No field can have this name. */
const deleteProperty = '_delete';

export class BulkRouter {
  /** Batches since the last `takeBatches`, in bytes. */
  sizeBytes = 0;
  private readonly options: BulkOptions;
  private readonly generateKey: () => string;
  private readonly mark = new ByteOrderMark();
  private readonly splitter: Splitter;
  private readonly plan: ValidationPlan;
  private readonly increments: IncrementReader | null;
  private readonly deletable: boolean;
  private readonly keysHaveShards: boolean;
  private writers = new Map<number, BatchWriter>();
  private rejections: Rejection[] = [];

  constructor(options: BulkOptions, { plan, increments, generateKey }: BulkDependencies) {
    this.options = options;
    this.splitter = options.key.kind === 'given' ? new WholeBody() : new DocumentSplitter(limits.documentBytesMax);
    this.generateKey = generateKey;
    this.plan = plan;
    this.increments = increments;
    this.deletable = options.entries.are === 'documents' && options.entries.deletable;
    this.keysHaveShards = indexKinds[options.index.kind].keysHaveShards;
  }

  /** Takes bytes of the body. @throws SheafError JSON_MALFORMED when an array goes wrong; what was taken stays */
  push(chunk: Buffer): void {
    this.takeAll(this.splitter.push(this.mark.strip(chunk)));
  }

  /** The body is over. @throws SheafError JSON_MALFORMED as `push` */
  end(): void {
    this.takeAll(this.splitter.push(this.mark.rest()));
    this.takeAll(this.splitter.end());
  }

  /** Deletes a document. */
  delete(key: string): void {
    this.write('delete', key);
  }

  /** See BulkOptions. */
  get isOneAppend(): boolean {
    return this.options.isOneAppend;
  }

  /** The batches so far, one for each shard that has entries, and forgets them. */
  takeBatches(): RoutedBatch[] {
    const batches = [...this.writers].map(([shard, writer]) => ({
      partition: partitionOf(this.options.index, shard),
      count: writer.count,
      bytes: writer.finish(),
    }));
    this.writers = new Map();
    this.sizeBytes = 0;
    return batches;
  }

  takeRejections(): Rejection[] {
    const taken = this.rejections;
    this.rejections = [];
    return taken;
  }

  private takeAll(pieces: readonly DocumentPiece[]): void {
    for (const piece of pieces) {
      const fault = this.route(piece);
      if (fault === null) continue;
      const told = piece.bytes === null ? fault : quoteAsWritten(fault, piece.bytes);
      this.rejections.push({ line: piece.line, ...told });
    }
    if (this.splitter.fault !== null) throw this.splitter.fault;
  }

  private route({ bytes, sizeBytes }: DocumentPiece): DocumentFault | null {
    if (bytes === null) {
      const detail = { limitBytes: limits.documentBytesMax, actualBytes: sizeBytes };
      return { code: 'DOCUMENT_TOO_LARGE', at: '', detail };
    }
    const parsed = parse(bytes);
    if ('fault' in parsed) return parsed.fault;
    const { document } = parsed;
    if (this.increments !== null) return this.routeIncrement(this.increments, document);
    if (this.options.key.kind !== 'given' && isObject(document) && Object.hasOwn(document, deleteProperty)) {
      return this.routeDelete(document);
    }
    const fault = validateDocument(this.plan, document);
    if (fault !== null) return fault;
    const key = this.keyOf(document as Record<string, unknown>);
    if (typeof key !== 'string') return key;
    this.write('put', key, bytes);
    return null;
  }

  private routeIncrement(reader: IncrementReader, document: unknown): DocumentFault | null {
    const read = reader.read(document, this.options.arrivedAtMs);
    if ('code' in read) return read;
    this.write('increment', read.key, Buffer.from(encodeRow(read.row)));
    return null;
  }

  private routeDelete(document: Readonly<Record<string, unknown>>): DocumentFault | null {
    const at = `/${deleteProperty}`;
    if (!this.deletable) return { code: 'INDEX_APPEND_ONLY', at, detail: {} };
    const key = keyText(document[deleteProperty]);
    if (key === undefined) {
      return { code: 'KEY_INVALID', at, detail: { expected: 'a non-empty string, or an integer' } };
    }
    const other = Object.keys(document).find((name) => name !== deleteProperty);
    if (other !== undefined) {
      const detail = { field: other, reason: `a line that deletes has ${deleteProperty} and nothing else` };
      return { code: 'DOCUMENT_FIELD_UNKNOWN', at: `/${other}`, detail };
    }
    const fault = checkKey(key, at);
    if (fault === null) this.write('delete', key);
    return fault;
  }

  private keyOf(document: Readonly<Record<string, unknown>>): string | DocumentFault {
    const source = this.options.key;
    switch (source.kind) {
      case 'field':
        return readKey(document, source.field);
      case 'given':
        return source.key;
      case 'generated':
        return this.generateKey();
    }
  }

  private write(kind: EntryKind, key: string, body?: Uint8Array): void {
    // Where all shards read one partition there is one batch.
    const shard = this.keysHaveShards ? shardOfKey(key, this.options.index.shards) : 0;
    let writer = this.writers.get(shard);
    if (writer === undefined) this.writers.set(shard, (writer = new BatchWriter(this.options.catalogOffset)));
    const before = writer.sizeBytes;
    writer.add(kind, key, body);
    this.sizeBytes += writer.sizeBytes - before;
  }
}

function parse(bytes: Buffer): { readonly document: unknown } | { readonly fault: DocumentFault } {
  if (!isUtf8(bytes)) {
    return { fault: { code: 'JSON_MALFORMED', at: '', detail: { reason: 'the bytes are not valid UTF-8' } } };
  }
  try {
    const document: unknown = JSON.parse(bytes.toString('utf8'));
    const duplicate = findDuplicateKey(bytes, document);
    return duplicate === null ? { document } : { fault: { code: 'JSON_DUPLICATE_KEY', ...duplicate } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { fault: { code: 'JSON_MALFORMED', at: '', detail: { reason: reason.slice(0, 200) } } };
  }
}
