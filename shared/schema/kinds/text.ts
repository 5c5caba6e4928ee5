import { wrong, type FieldKindDefinition, type ValueReading } from './definition.ts';
import { plainForm } from './shown-form.ts';

/** Any string, analysed: found by its words, and ranked. */
export const textKind = {
  layout: 'text',
  jsonTypes: ['string'],
  options: ['analyzer', 'searchAnalyzer', 'bm25'],
  isString: true,
  isOrdered: false,
  isSortable: false,
  aggregated: 'never',
  dimension: null,
  isTime: false,
  read,
  toJson: (value) => value,
  shown: plainForm,
  readShown: read,
  fromText: (text) => text,
} as const satisfies FieldKindDefinition<'text'>;

function read(value: unknown): ValueReading<string> {
  return typeof value === 'string' ? { kind: 'value', value } : wrong('a string');
}
