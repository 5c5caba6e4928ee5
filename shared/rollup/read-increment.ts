/** A document as an increment: the key of its row, and what is added to it. */
import { describeValue } from '../json/describe-value.ts';
import { isObject } from '../json/read-object.ts';
import { limits } from '../limits.ts';
import {
  buildPathTree,
  forEachValue,
  type DocumentPlace,
  type DocumentVisitor,
  type PathTree,
} from '../schema/extract.ts';
import type { FieldKindDefinition } from '../schema/kinds/definition.ts';
import { definitionOf } from '../schema/kinds/field-kinds.ts';
import type { StoredValue } from '../schema/layouts.ts';
import type { DocumentFault } from '../schema/validate.ts';
import { partName, countPart, storedFields, type Dimension, type Metric, type RollupSchema } from './rollup-schema.ts';
import { rowLayout, type RowLayout } from './row-layout.ts';
import { addRow, emptyRow, highOf, lowOf, type Row } from './row.ts';

export interface Increment {
  readonly key: string;
  readonly row: Row;
}

type Target =
  | {
      readonly kind: 'dimension';
      readonly name: string;
      readonly index: number;
      readonly dimension: Dimension;
      readonly definition: FieldKindDefinition;
    }
  | { readonly kind: 'metric'; readonly name: string; readonly metric: Metric; readonly parts: MetricParts };

/** Where a metric's parts are in a row; −1 where one is not kept. */
type MetricParts = Readonly<Record<'high' | 'low' | 'values' | 'min' | 'max', number>>;

const second = 1000;

/** Reads the increments of one index, one after the other. Made once a schema. */
export class IncrementReader implements DocumentVisitor<Target> {
  private readonly layout: RowLayout;
  private readonly tree: PathTree<Target>;
  private readonly targets: readonly Target[];
  private readonly known: Readonly<Record<string, unknown>>;
  private readonly countAt: number;
  private readonly one: Row;
  private readonly none: Row;
  // Of the increment that is being read.
  private values: unknown[] = [];
  private row: Row = new Float64Array(0);
  private fault: DocumentFault | null = null;

  constructor(schema: RollupSchema) {
    this.layout = rowLayout(storedFields(schema));
    this.targets = targetsOf(schema, this.layout);
    this.tree = buildPathTree(this.targets.map((target) => [target.name, target] as const));
    this.known = { dimensions: Object.keys(schema.dimensions), metrics: Object.keys(schema.metrics) };
    this.countAt = this.layout.parts.indexOf(countPart);
    this.one = emptyRow(this.layout);
    this.none = emptyRow(this.layout);
  }

  /**
   * @param arrivedAtMs time of day at which it came, milliseconds since 1970
   * @returns the fault DOCUMENT_NOT_OBJECT, DOCUMENT_FIELD_UNKNOWN, DOCUMENT_FIELD_TYPE, INCREMENT_INVALID,
   *   DOCUMENT_TOO_DEEP or KEY_TOO_LONG where it is none
   */
  read(document: unknown, arrivedAtMs: number): Increment | DocumentFault {
    if (!isObject(document)) {
      const detail = { expected: 'an object', actual: describeValue(document) };
      return { code: 'DOCUMENT_NOT_OBJECT', at: '', detail };
    }
    this.begin(arrivedAtMs);
    forEachValue(document, this.tree, this);
    return this.fault ?? this.finish();
  }

  value(target: Target, value: unknown, place: DocumentPlace): void {
    if (this.fault !== null) return;
    this.fault = target.kind === 'dimension' ? this.dimension(target, value, place) : this.metric(target, value, place);
  }

  unknown(place: DocumentPlace): void {
    this.fault ??= {
      code: 'DOCUMENT_FIELD_UNKNOWN',
      at: place.pointer(),
      detail: {
        field: place.path(),
        ...this.known,
        hint: 'a roll-up takes its dimensions and metrics and nothing else',
      },
    };
  }

  tooDeep(place: DocumentPlace): void {
    this.fault ??= { code: 'DOCUMENT_TOO_DEEP', at: place.pointer(), detail: { limit: limits.documentDepthMax } };
  }

  private begin(arrivedAtMs: number): void {
    this.fault = null;
    this.values = Array<unknown>(this.layout.dimensions.length).fill(null);
    this.row = emptyRow(this.layout);
    this.row[this.countAt] = 1;
    for (const target of this.targets) {
      if (target.kind === 'dimension' && target.dimension.arrivedAt === true) {
        this.values[target.index] = cut(arrivedAtMs, target.dimension);
      } else if (target.kind === 'metric' && target.metric.arrivedAt !== undefined) {
        this.add(target.parts, arrivedAtMs % second);
      }
    }
  }

  private finish(): Increment | DocumentFault {
    const key = JSON.stringify(this.values);
    const bytes = key.length * 3 <= limits.rowKeyBytesMax ? 0 : Buffer.byteLength(key);
    if (bytes <= limits.rowKeyBytesMax) return { key, row: this.row };
    const reason = 'the values of all dimensions together';
    return { code: 'KEY_TOO_LONG', at: '', detail: { reason, limit: limits.rowKeyBytesMax, actual: bytes } };
  }

  private dimension(
    { name, index, dimension, definition }: Extract<Target, { kind: 'dimension' }>,
    value: unknown,
    place: DocumentPlace,
  ): DocumentFault | null {
    const wrong = (expected: string): DocumentFault => {
      const detail = { field: name, kind: dimension.kind, expected, actual: describeValue(value) };
      return { code: 'DOCUMENT_FIELD_TYPE', at: place.pointer(), detail };
    };
    if (dimension.arrivedAt === true) return wrong('no value: the root that receives the increment sets it');
    if (this.values[index] !== null) return wrong('one value: a row has one of each dimension');
    const reading = definition.read(value);
    if (reading.kind === 'wrong') return wrong(reading.expected);
    this.values[index] = definition.toJson(cut(reading.value, dimension));
    return null;
  }

  private metric(
    { name, metric, parts }: Extract<Target, { kind: 'metric' }>,
    value: unknown,
    place: DocumentPlace,
  ): DocumentFault | null {
    const isSet = metric.arrivedAt !== undefined;
    if (!isSet && Number.isSafeInteger(value)) {
      this.add(parts, (value as number) + 0);
      return null;
    }
    const expected = isSet ? 'no value: the root that receives the increment sets it' : 'a whole number';
    const detail = { field: name, expected, limit: Number.MAX_SAFE_INTEGER, actual: describeValue(value) };
    return { code: 'INCREMENT_INVALID', at: place.pointer(), detail };
  }

  /** Adds one value of a metric. */
  private add(parts: MetricParts, value: number): void {
    const { one } = this;
    one.set(this.none);
    if (parts.low >= 0) {
      one[parts.low] = lowOf(value);
      one[parts.high] = highOf(value);
    }
    if (parts.values >= 0) one[parts.values] = 1;
    if (parts.min >= 0) one[parts.min] = value;
    if (parts.max >= 0) one[parts.max] = value;
    addRow(this.layout, this.row, one);
  }
}

function targetsOf({ dimensions, metrics }: RollupSchema, layout: RowLayout): Target[] {
  return [
    ...Object.entries(dimensions).map(([name, dimension]): Target => {
      const index = layout.dimensions.findIndex((field) => field.name === name);
      return { kind: 'dimension', name, index, dimension, definition: definitionOf(dimension.kind) };
    }),
    ...Object.entries(metrics).map(([name, metric]): Target => {
      const at = (part: keyof MetricParts): number => layout.parts.indexOf(partName(part, name));
      const parts = { high: at('high'), low: at('low'), values: at('values'), min: at('min'), max: at('max') };
      return { kind: 'metric', name, metric, parts };
    }),
  ];
}

/** A time is cut to its interval, downwards before 1970 too; any other value stays. */
function cut(value: StoredValue, { interval }: Dimension): StoredValue {
  if (interval === undefined || typeof value !== 'number') return value;
  return Math.floor(value / interval) * interval + 0;
}
