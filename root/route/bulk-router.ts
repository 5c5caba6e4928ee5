/**
 * Documents from bytes to record batches: cut, parse, check against the schema, find the key, hash it to a shard,
 * append to that shard's batch. One line that cannot be taken is rejected and no other. Pure; runs in the parse worker.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import { indexKinds } from '../../shared/index-kinds/index-kinds.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import { isObject } from '../../shared/json/read-object.ts';
import { quoteAsWritten } from '../../shared/json/written-number.ts';
import { limits } from '../../shared/limits.ts';
import { BatchWriter, type EntryKind } from '../../shared/log/batch.ts';
import type { IncrementReader } from '../../shared/rollup/read-increment.ts';
import { encodeRow } from '../../shared/rollup/row.ts';
import { mergePatch } from '../../shared/judge/merge-patch.ts';
import { encodeChange, type Change, type Condition } from '../../shared/judge/change.ts';
import type { Fields } from '../../shared/schema/collisions.ts';
import { fieldsToAdd, isBeyondSchema, whyNotAdded } from '../../shared/schema/dynamic-fields.ts';
import { placeOfField } from '../../shared/schema/extract.ts';
import { readKey } from '../../shared/schema/key.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { reservedMember, withRouting } from '../../shared/schema/routing.ts';
import { validateDocument, type DocumentFault, type ValidationPlan } from '../../shared/schema/validate.ts';
import { ByteOrderMark } from './byte-order-mark.ts';
import type { BodyEntries } from './body-entries.ts';
import { DocumentSplitter, type DocumentPiece, type Splitter } from './document-splitter.ts';
import { readOperationLine, type LineDocument, type LineOperation, type PatchOptions } from './operation-line.ts';
import { documentOf, unpackMessages, type MessageRules, type PackedMessages } from './messages.ts';
import { parseDocument } from './parse-document.ts';
import { WholeBody } from './whole-body.ts';

export interface Rejection extends DocumentFault {
  /** See DocumentPiece. */
  readonly line: number;
}

/** An entry that is judged, of which the caller is to be told the outcome. */
export interface JudgedLine {
  /** See DocumentPiece. */
  readonly line: number;
  readonly key: string;
  /** Its place in the batch, from 0. */
  readonly entry: number;
}

export interface RoutedBatch {
  readonly partition: string;
  readonly count: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly judged: readonly JudgedLine[];
}

/** How a document's key is found: a field of it, one given beforehand (the body is that one document), or made up. */
export type KeySource =
  | { readonly kind: 'field'; readonly field: string }
  | { readonly kind: 'given'; readonly key: string; readonly change: GivenChange }
  | { readonly kind: 'generated' };

/** What is done with the document of a body that is one document, or with the one that is deleted. */
export interface GivenChange {
  readonly condition: Condition;
  /** Null: it is put, not laid over what is there. */
  readonly patch: GivenPatch | null;
}

/** As PatchOptions; an upsert is the body itself. */
export type GivenPatch = Omit<PatchOptions, 'upsert'> & { readonly upsert: boolean };

export interface BulkOptions {
  readonly index: Pick<IndexDefinition, 'id' | 'kind' | 'shards' | 'schema' | 'routing' | 'restored'>;
  readonly entries: BodyEntries;
  /** Of the catalog that `index` was read from. */
  readonly catalogOffset: number;
  readonly key: KeySource;
  /** Time of day at which the request came, milliseconds since 1970. */
  readonly arrivedAtMs: number;
  /** Hand nothing to the log before the whole body has been read: it is one append. */
  readonly isOneAppend: boolean;
  /** Made-up keys follow from it and the line, so that a repeat makes up the same; null: they are random. */
  readonly keySeed: string | null;
  /** Of the documents whose lines do not say it: what decides their shard in place of the key. */
  readonly routing?: string;
  /** The same, where a field of the document says it. */
  readonly routingField?: string;
  /** All entries are of this shard, whatever their keys and routings are: they change documents that are there. */
  readonly shard?: number;
  /** What says a version is a copy: see Condition. */
  readonly copies?: CopiesOf;
  /** The caller wants to know what became of each line, of those without a condition too. */
  readonly tellsOutcomes: boolean;
}

/** The index as it is at an offset of the catalog. */
export type IndexNow = Pick<BulkOptions, 'index' | 'catalogOffset'>;

/** The same, with whether what it still lacks is left out. */
export type Resumption = IndexNow & { readonly isLast: boolean };

export interface CopiesOf {
  readonly origin: number;
  /** By shard of the index that is written to. */
  readonly since: readonly number[];
}

export interface BulkDependencies {
  /** Of the index's schema. */
  readonly plan: ValidationPlan;
  /** Where the documents are increments. */
  readonly increments: IncrementReader | null;
  /** The key of a document that has none: unique for ever, of a line of the body. */
  readonly generateKey: (line: number) => string;
}

/** Under which key and in which shard something is written. */
interface Place {
  readonly key: string;
  /** Decides the shard; null: the key does. */
  readonly routing: string | null;
}

type SaidPlace = Omit<Place, 'key'> & { readonly key: string | null };

/** What a line has done, and what it says of where. */
interface RoutedLine {
  readonly operation: LineOperation;
  readonly said: SaidPlace;
}

interface ShardEntries {
  readonly writer: BatchWriter;
  readonly judged: JudgedLine[];
}

export class BulkRouter {
  /** Batches since the last `takeBatches`, in bytes. */
  sizeBytes = 0;
  private options: BulkOptions;
  private readonly generateKey: (line: number) => string;
  private readonly mark = new ByteOrderMark();
  private readonly splitter: Splitter;
  private plan: ValidationPlan;
  /** Documents that wait for fields to be added to the schema, and all that came after: one key may stand in several. */
  private held: DocumentPiece[] | null = null;
  private readonly increments: IncrementReader | null;
  private readonly deletable: boolean;
  private readonly keysHaveShards: boolean;
  private shards = new Map<number, ShardEntries>();
  private judgedCount = 0;
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

  /** Takes messages, of which the line is the offset. */
  pushMessages(packed: PackedMessages, rules: MessageRules): void {
    for (const message of unpackMessages(packed)) {
      const { offset: line, timestampMs } = message;
      const found = documentOf(message, rules);
      if (found.kind === 'fault') this.rejections.push({ line, ...found.fault });
      else {
        const bytes = found.kind === 'put' ? found.bytes : null;
        const said = { key: found.key, isDeletion: found.kind === 'delete', timestampMs };
        this.take({ line, bytes, sizeBytes: bytes?.length ?? 0, message: said }, false);
      }
    }
  }

  /** Deletes a document. */
  delete(key: string): void {
    const { key: source } = this.options;
    const condition: Condition = source.kind === 'given' ? source.change.condition : { kind: 'none' };
    const routing = this.options.routing ?? null;
    const fault = this.routingFault(routing);
    if (fault !== null) return void this.rejections.push({ line: 1, ...fault });
    this.writeOperation({ kind: 'delete', condition }, { key, routing }, 1);
  }

  /** See BulkOptions. */
  get isOneAppend(): boolean {
    return this.options.isOneAppend;
  }

  /** The batches so far, one for each shard that has entries, and forgets them. */
  takeBatches(): RoutedBatch[] {
    const batches = [...this.shards].map(([shard, { writer, judged }]) => ({
      partition: partitionOf(this.options.index, shard),
      count: writer.count,
      bytes: writer.finish(),
      judged,
    }));
    this.shards = new Map();
    this.sizeBytes = 0;
    return batches;
  }

  takeRejections(): Rejection[] {
    const taken = this.rejections;
    this.rejections = [];
    return taken;
  }

  /** Whether documents wait for `resume`. */
  get isHolding(): boolean {
    return this.held !== null;
  }

  /** The fields that the schema lacks for the documents that wait. */
  missingFields(): Fields {
    return fieldsToAdd(this.options.index.schema, this.heldDocuments());
  }

  private *heldDocuments(): Generator<object> {
    let judged = this.judgedCount;
    for (const { bytes, message } of this.held ?? []) {
      const parsed = bytes === null ? null : parseDocument(bytes);
      if (parsed === null || 'fault' in parsed) continue;
      const line = this.readLine(parsed.document, bytes!, message);
      // One with a fault is rejected whatever fields there are.
      if ('code' in line || 'code' in this.placeOf(line)) continue;
      if (this.isJudged(line.operation) && ++judged > limits.judgedLinesMax) continue;
      for (const { value } of documentsIn(line.operation)) yield value as object;
    }
  }

  /** Goes on with the documents that waited: they wait again where it lacks fields, but the last time. */
  resume({ index, catalogOffset, isLast }: Resumption, plan: ValidationPlan): void {
    this.options = { ...this.options, index, catalogOffset };
    this.plan = plan;
    for (const { writer } of this.shards.values()) writer.raiseCatalogOffset(catalogOffset);
    const pieces = this.held ?? [];
    this.held = null;
    for (const piece of pieces) {
      if (piece.bytes !== null) this.sizeBytes -= piece.bytes.length;
      this.take(piece, isLast);
    }
  }

  private takeAll(pieces: readonly DocumentPiece[]): void {
    for (const piece of pieces) this.take(piece, false);
    if (this.splitter.fault !== null) throw this.splitter.fault;
  }

  /** @param isLast unknown fields are a fault: they could not be added */
  private take(piece: DocumentPiece, isLast: boolean): void {
    if (this.held !== null) return this.hold(this.held, piece);
    const fault = this.route(piece, isLast);
    if (fault === null) return;
    if (fault === 'hold') return this.hold((this.held = []), piece);
    const told = piece.bytes === null ? fault : quoteAsWritten(fault, piece.bytes);
    this.rejections.push({ line: piece.line, ...told });
  }

  private hold(held: DocumentPiece[], { bytes, ...piece }: DocumentPiece): void {
    // Copied, because the chunk's memory is the caller's.
    held.push({ ...piece, bytes: bytes === null ? null : Buffer.from(bytes) });
    if (bytes !== null) this.sizeBytes += bytes.length;
  }

  private readLine(document: unknown, bytes: Buffer, message: DocumentPiece['message']): RoutedLine | DocumentFault {
    const { key, routing = null, index } = this.options;
    const whole: LineDocument = { value: document, bytes, at: '' };
    if (key.kind === 'given') {
      return { operation: givenOperation(key.change, whole), said: { key: key.key, routing } };
    }
    const put: LineOperation = { kind: 'put', condition: { kind: 'none' }, document: whole };
    if (message !== undefined) return { operation: put, said: { key: message.key, routing } };
    const line = readOperationLine(document, { bytes, index });
    if (line === null) return { operation: put, said: { key: null, routing } };
    if ('code' in line) return line;
    return { operation: line.operation, said: { key: line.key, routing: line.routing ?? routing } };
  }

  private route(piece: DocumentPiece, isLast: boolean): DocumentFault | 'hold' | null {
    const { bytes, sizeBytes, line, message } = piece;
    if (message?.isDeletion === true) {
      const operation: LineOperation = { kind: 'delete', condition: { kind: 'none' } };
      return this.routeLine({ operation, said: { key: message.key, routing: null } }, line, isLast);
    }
    if (bytes === null) {
      const detail = { limitBytes: limits.documentBytesMax, actualBytes: sizeBytes };
      return { code: 'DOCUMENT_TOO_LARGE', at: '', detail };
    }
    const parsed = parseDocument(bytes);
    if ('fault' in parsed) return parsed.fault;
    const { document } = parsed;
    if (this.increments !== null) {
      return this.routeIncrement(this.increments, document, message?.timestampMs ?? this.options.arrivedAtMs);
    }
    const asked = this.readLine(document, bytes, message);
    return 'code' in asked ? asked : this.routeLine(asked, line, isLast);
  }

  private routeLine(asked: RoutedLine, line: number, isLast: boolean): DocumentFault | 'hold' | null {
    const place = this.placeOf(asked);
    if ('code' in place) return place;
    const { schema } = this.options.index;
    const isBeyond = ({ value }: LineDocument): boolean => isBeyondSchema(schema, value as object);
    const unknown = schema.dynamic === 'true' ? documentsIn(asked.operation).find(isBeyond) : undefined;
    if (unknown !== undefined) return isLast ? notAdded(unknown, schema) : 'hold';
    const { key, routing } = place;
    return this.writeOperation(asked.operation, { routing, key: key ?? this.generateKey(line) }, line);
  }

  private routeIncrement(reader: IncrementReader, document: unknown, atMs: number): DocumentFault | null {
    const read = reader.read(document, atMs);
    if ('code' in read) return read;
    this.write('increment', { key: read.key, routing: null }, Buffer.from(encodeRow(read.row)));
    return null;
  }

  /** Under which key, null for one that is made up, and in which shard; or why it cannot be written, whatever fields there are. */
  private placeOf({ operation, said }: RoutedLine): SaidPlace | DocumentFault {
    const { kind, condition } = operation;
    if (
      !this.deletable &&
      (kind !== 'put' || condition.kind !== 'none' || said.key !== null || said.routing !== null)
    ) {
      return { code: 'INDEX_APPEND_ONLY', at: '', detail: {} };
    }
    const routing = this.routingOf(operation, said);
    if (routing !== null && typeof routing !== 'string') return routing;
    const missing = this.routingFault(routing);
    if (missing !== null) return missing;
    if (kind === 'delete') return { routing, key: said.key! };
    const { document } = operation;
    const upsert = kind === 'patch' ? operation.patch.upsert : null;
    const fault = this.faultOf(document) ?? (upsert === null || upsert === document ? null : this.faultOf(upsert));
    if (fault !== null) return fault;
    const isNew = kind === 'put' && condition.kind !== 'sequence';
    const key = said.key ?? this.keyOf(document, isNew);
    return key === null || typeof key === 'string' ? { routing, key } : key;
  }

  /** What a line says itself, then what the field of its document says. */
  private routingOf(operation: LineOperation, said: SaidPlace): string | null | DocumentFault {
    const { routingField: field } = this.options;
    if (said.routing !== null || field === undefined) return said.routing;
    if (operation.kind === 'delete') return { code: 'ROUTING_MISSING', at: '', detail: { field } };
    const { value, at } = operation.document;
    if (!isObject(value)) return null;
    const routing = readKey(value, field);
    if (typeof routing === 'string') return routing;
    return {
      ...routing,
      code: routing.code === 'KEY_MISSING' ? 'ROUTING_MISSING' : routing.code,
      at: `${at}${routing.at}`,
    };
  }

  private faultOf({ value, at }: LineDocument): DocumentFault | null {
    const fault = reservedMember(value) ?? validateDocument(this.plan, value);
    return fault === null || at === '' ? fault : { ...fault, at: `${at}${fault.at}` };
  }

  private isJudged({ kind, condition }: LineOperation): boolean {
    return kind === 'patch' || condition.kind !== 'none' || this.options.tellsOutcomes;
  }

  /** A change that has a condition, or of which the outcome is wanted, is judged; any other is recorded as it is. */
  private writeOperation(said: LineOperation, place: Place, line: number): DocumentFault | null {
    const { key, routing } = place;
    const operation = routing === null ? said : routedOperation(said, routing);
    if (!this.isJudged(said)) {
      if (operation.kind === 'delete') this.write('delete', place);
      else this.write('put', place, operation.document.bytes);
      return null;
    }
    const limit = limits.judgedLinesMax;
    if (++this.judgedCount > limit) return { code: 'CONDITIONS_TOO_MANY', at: '', detail: { limit } };
    const { judged, writer } = this.write('judged', place, encodeChange(this.changeOf(operation, this.shardOf(place))));
    judged.push({ line, key, entry: writer.count - 1 });
    return null;
  }

  private changeOf(operation: LineOperation, shard: number): Change {
    const change = changeOf(operation);
    const { copies } = this.options;
    const { condition } = change;
    if (copies === undefined || condition.kind !== 'newer') return change;
    const { origin } = copies;
    return { ...change, condition: { ...condition, kind: 'copy', origin, since: copies.since[shard]! } };
  }

  /** Null where it is to be made up. */
  private keyOf({ value, at }: LineDocument, mayBeMadeUp: boolean): string | null | DocumentFault {
    const source = this.options.key;
    if (source.kind !== 'field') {
      return mayBeMadeUp ? null : { code: 'KEY_MISSING', at: '', detail: { field: '_key' } };
    }
    const key = readKey(value as Readonly<Record<string, unknown>>, source.field);
    return typeof key === 'string' || at === '' ? key : { ...key, at: `${at}${key.at}` };
  }

  /** Where the index wants a routing, and there is none. */
  private routingFault(routing: string | null): DocumentFault | null {
    const { index, shard } = this.options;
    if (routing !== null || index.routing !== 'required' || shard !== undefined) return null;
    return { code: 'ROUTING_MISSING', at: '', detail: {} };
  }

  private shardOf({ key, routing }: Place): number {
    const { index, shard } = this.options;
    // Where all shards read one partition there is one batch.
    return shard ?? (this.keysHaveShards ? shardOfKey(routing ?? key, index.shards) : 0);
  }

  private write(kind: EntryKind, place: Place, body?: Uint8Array): ShardEntries {
    const shard = this.shardOf(place);
    let entries = this.shards.get(shard);
    if (entries === undefined) {
      entries = { writer: new BatchWriter(this.options.catalogOffset), judged: [] };
      this.shards.set(shard, entries);
    }
    const { writer } = entries;
    const before = writer.sizeBytes;
    writer.add(kind, place.key, body);
    this.sizeBytes += writer.sizeBytes - before;
    return entries;
  }
}

/** The same with its documents as they are stored. */
function routedOperation(operation: LineOperation, routing: string): LineOperation {
  if (operation.kind === 'delete') return operation;
  const route = (document: LineDocument): LineDocument => ({
    ...document,
    bytes: withRouting(document.bytes, routing),
  });
  const document = route(operation.document);
  if (operation.kind === 'put') return { ...operation, document };
  const { upsert } = operation.patch;
  const routed = upsert === null ? null : upsert === operation.document ? document : route(upsert);
  return { ...operation, document, patch: { ...operation.patch, upsert: routed } };
}

function givenOperation({ condition, patch }: GivenChange, document: LineDocument): LineOperation {
  if (patch === null) return { kind: 'put', condition, document };
  return { kind: 'patch', condition, document, patch: { ...patch, upsert: patch.upsert ? document : null } };
}

function changeOf(operation: LineOperation): Change {
  const { kind, condition } = operation;
  if (kind === 'delete') return { condition, operation: { kind } };
  const { bytes } = operation.document;
  if (kind === 'put') return { condition, operation: { kind, source: bytes } };
  const { upsert, ...options } = operation.patch;
  return { condition, operation: { kind, partial: bytes, ...options, upsert: upsert && bytesOf(upsert, operation) } };
}

/** A patch that is the document where there is none is laid over nothing: nulls that take away leave nothing behind. */
function bytesOf(upsert: LineDocument, { document, patch }: Extract<LineOperation, { kind: 'patch' }>): Uint8Array {
  if (upsert !== document || patch.nulls === 'kept') return upsert.bytes;
  return mergePatch(Buffer.from('{}'), upsert.bytes, patch)!.source;
}

/** The documents that an operation has: its own, and that of an upsert. */
function documentsIn(operation: LineOperation): readonly LineDocument[] {
  if (operation.kind === 'delete') return [];
  const upsert = operation.kind === 'patch' ? operation.patch.upsert : null;
  return upsert === null ? [operation.document] : [operation.document, upsert];
}

function notAdded({ value, at }: LineDocument, schema: IndexSchema): DocumentFault {
  const { field, ...why } = whyNotAdded(schema, value as object);
  return { code: 'FIELD_NOT_ADDED', at: `${at}${placeOfField(value as object, field)}`, detail: { field, ...why } };
}
