/** The terms of documents as they come, and the columns of those that belong to one shard. */
import { shardOfTerm } from '../../shared/hashing/hash.ts';
import { lengthCode } from '../../shared/ranking/length-code.ts';
import type { FieldReading } from '../../shared/schema/kinds/definition.ts';
import { definitionOf } from '../../shared/schema/kinds/field-kinds.ts';
import type { StoredValue } from '../../shared/schema/layouts.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { valueReader } from '../../shared/schema/values.ts';
import { GrowingBytes } from '../columns/growing-bytes.ts';
import { GrowingUint32 } from '../columns/growing.ts';
import { termName, type ShardPlace } from './contents.ts';
import type { PostingColumns } from './posting-list.ts';
import { termLayout, type TermLayout } from './term-layouts.ts';

interface Occurrences {
  readonly ordinals: GrowingUint32;
  readonly frequencies: GrowingUint32 | null;
  readonly lengthCodes: GrowingBytes | null;
}

/** Collects one field. Documents come with ascending ordinals. */
export class TermCollector {
  readonly field: IndexedField;
  readonly lengths: Uint32Array;
  private readonly place: ShardPlace;
  private readonly read: (value: unknown) => FieldReading;
  private readonly layout: TermLayout;
  private readonly forEachTerm: (value: StoredValue, take: (term: string) => void) => void;
  /** By term; null for those of other shards. */
  private readonly terms = new Map<string, Occurrences | null>();
  /** Of the current document: how often each term stands in it. */
  private readonly counts = new Map<string, number>();
  private length = 0;
  private document = 0;

  constructor(field: IndexedField, place: ShardPlace, documents: number) {
    this.field = field;
    this.place = place;
    this.read = valueReader(field);
    this.layout = termLayout(definitionOf(field.kind).layout);
    this.forEachTerm = this.layout.makeCutter(field);
    this.lengths = new Uint32Array(documents);
  }

  /** One more value of the current document: see FieldInput.add. */
  add(value: unknown): void {
    const reading = this.read(value);
    if (reading.kind === 'value') this.forEachTerm(reading.value, this.count);
  }

  endDocument(ordinal: number): void {
    this.lengths[this.document++] = this.layout.hasLengths ? this.length : 0;
    const code = lengthCode(this.length);
    for (const [term, count] of this.counts) {
      const occurrences = this.occurrencesOf(term);
      if (occurrences === null) continue;
      occurrences.ordinals.push(ordinal);
      occurrences.frequencies?.push(count);
      occurrences.lengthCodes?.byte(code);
    }
    this.counts.clear();
    this.length = 0;
  }

  /** The columns of this shard's terms, in no order, by the names of the terms. */
  *columns(): Generator<readonly [name: string, columns: PostingColumns]> {
    for (const [term, occurrences] of this.terms) {
      if (occurrences === null) continue;
      const { ordinals, frequencies, lengthCodes } = occurrences;
      yield [
        termName(this.field.name, term),
        {
          ordinals: ordinals.view(),
          frequencies: frequencies?.view() ?? null,
          lengthCodes: lengthCodes?.view() ?? null,
        },
      ];
    }
  }

  private readonly count = (term: string): void => {
    this.counts.set(term, (this.counts.get(term) ?? 0) + 1);
    this.length++;
  };

  private occurrencesOf(term: string): Occurrences | null {
    const known = this.terms.get(term);
    if (known !== undefined) return known;
    const isOwn = shardOfTerm(this.field.name, term, this.place.shards) === this.place.shard;
    const made = isOwn ? emptyOccurrences(this.layout.hasFrequencies) : null;
    this.terms.set(term, made);
    return made;
  }
}

function emptyOccurrences(hasFrequencies: boolean): Occurrences {
  return {
    ordinals: new GrowingUint32(),
    frequencies: hasFrequencies ? new GrowingUint32() : null,
    lengthCodes: hasFrequencies ? new GrowingBytes() : null,
  };
}
