/** What the values of documents are like, field by field: what a schema and a key are proposed from. Pure. */
import { describeValue } from '../../shared/json/describe-value.ts';
import { checkKey, keyText } from '../../shared/schema/key.ts';
import { parseDate } from '../../shared/schema/kinds/date.ts';
import { limits } from '../../shared/limits.ts';

export type ValueKind =
  | 'string'
  | 'longString'
  | 'date'
  | 'integer'
  /** A whole number that no field holds: as a float it would be another one. */
  | 'wideInteger'
  | 'float'
  | 'boolean'
  | 'object';

/** Longer strings are prose rather than names: a keyword of them would serve nobody and could be too long. */
export const keywordBytesMax = 1024;
/** Different values of a field that are told apart; beyond, it counts as having as many as it likes. */
const distinctMax = 10_000;
/** Documents up to which is seen whether a field has another value in each. */
const uniqueMax = 1_000_000;

export class FieldStatistics {
  /** How many values there are of each kind. */
  readonly kinds = new Map<ValueKind, number>();
  /** Strings, and how many different ones: no more are counted than are told apart. */
  strings = 0;
  readonly distinct = new Set<string>();
  /** Strings that are one word, and that are URLs. */
  words = 0;
  urls = 0;

  take(kind: ValueKind, value: unknown): void {
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    if (typeof value !== 'string') return;
    this.strings++;
    if (this.distinct.size < distinctMax) this.distinct.add(value);
    if (!/\s/.test(value)) this.words++;
    if (/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(value)) this.urls++;
  }
}

/** A field at the top of the documents that may be their key. */
interface KeyCandidate {
  /** Keys, as they would be. */
  readonly seen: Set<string>;
  documents: number;
}

/** What was looked at and is no document. */
export interface PassedOver {
  /** From 1. */
  readonly line: number;
  /** As in `line 1 is a number`. */
  readonly reason: string;
}

export class DocumentStatistics {
  documents = 0;
  /** Looked at, with blank ones. */
  lines = 0;
  /** The first; null where there is none. */
  passedOver: PassedOver | null = null;
  readonly fields = new Map<string, FieldStatistics>();
  private readonly candidates = new Map<string, KeyCandidate>();

  /** Takes a document, in which whole numbers beyond 2^53 are bigints; what is none is passed over. */
  take(document: unknown): void {
    if (typeof document !== 'object' || document === null || Array.isArray(document)) {
      return this.passOver(`is ${typeof document === 'bigint' ? 'a number' : describeValue(document)} and no object`);
    }
    this.documents++;
    this.takeProperties(document, '', 1);
    this.takeKeys(document as Readonly<Record<string, unknown>>);
  }

  /** The line that is looked at is no document. */
  passOver(reason: string): void {
    this.passedOver ??= { line: this.lines, reason };
  }

  /** The fields that have another value in each of the documents, those first that are called so. */
  keys(): string[] {
    if (this.documents < 2 || this.documents > uniqueMax) return [];
    const unique = [...this.candidates].filter(([, { documents }]) => documents === this.documents);
    return unique.map(([name]) => name).sort((a, b) => keyRank(a) - keyRank(b));
  }

  private takeKeys(document: Readonly<Record<string, unknown>>): void {
    if (this.documents > uniqueMax) return;
    for (const [name, value] of Object.entries(document)) {
      let candidate = this.candidates.get(name);
      // A key is in every document, the first one too.
      if (candidate === undefined && this.documents > 1) continue;
      if (candidate === undefined) this.candidates.set(name, (candidate = { seen: new Set(), documents: 0 }));
      const key = keyText(value);
      if (key === undefined || checkKey(key) !== null || candidate.seen.has(key)) this.candidates.delete(name);
      else {
        candidate.seen.add(key);
        candidate.documents++;
      }
    }
    for (const [name, { documents }] of this.candidates) if (documents < this.documents) this.candidates.delete(name);
  }

  private takeProperties(object: object, prefix: string, depth: number): void {
    for (const [name, value] of Object.entries(object)) this.takeValue(value, prefix + name, depth);
  }

  private takeValue(value: unknown, path: string, depth: number): void {
    if (value === null || depth > limits.documentDepthMax) return;
    if (Array.isArray(value)) {
      for (const element of value) this.takeValue(element, path, depth + 1);
      return;
    }
    let field = this.fields.get(path);
    if (field === undefined) this.fields.set(path, (field = new FieldStatistics()));
    field.take(kindOf(value), value);
    if (typeof value === 'object') this.takeProperties(value, `${path}.`, depth + 1);
  }
}

const keyNames = ['id', '_id', 'key', 'uuid', 'guid', 'isbn', 'sku', 'doi', 'url', 'slug'];

function keyRank(name: string): number {
  const known = keyNames.indexOf(name.toLowerCase());
  if (known >= 0) return known;
  return /(?:^|[a-z_-])id$/i.test(name) ? keyNames.length : keyNames.length + 1;
}

function kindOf(value: unknown): ValueKind {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'bigint') return 'wideInteger';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'float';
  if (typeof value !== 'string') return 'object';
  if (parseDate(value) !== undefined) return 'date';
  return Buffer.byteLength(value) > keywordBytesMax ? 'longString' : 'string';
}
