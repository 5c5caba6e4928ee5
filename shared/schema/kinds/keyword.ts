import { limits } from '../../limits.ts';
import { wrong, type FieldKindDefinition, type ValueReading } from './definition.ts';
import { plainForm } from './shown-form.ts';

/** A well-formed string of at most `limits.termBytesMax` bytes, kept whole. */
export const keywordKind = {
  layout: 'keyword',
  jsonTypes: ['string'],
  options: ['ignoreAbove'],
  isString: true,
  isOrdered: true,
  isSortable: true,
  aggregated: 'values',
  dimension: { sqlType: 'TEXT' },
  isTime: false,
  read,
  readerFor({ ignoreAbove }) {
    if (ignoreAbove === undefined) return read;
    return (value) => {
      return typeof value === 'string' && isLongerThan(value, ignoreAbove) ? { kind: 'ignored' } : read(value);
    };
  },
  toJson: (value) => value,
  shown: plainForm,
  readShown: read,
  fromText: (text) => text,
} as const satisfies FieldKindDefinition<'keyword'>;

function read(value: unknown): ValueReading<string> {
  if (typeof value !== 'string') return wrong('a string');
  if (!value.isWellFormed()) return wrong('a string without lone surrogates');
  if (isLongerThan(value, limits.termBytesMax)) return wrong(`a string of at most ${limits.termBytesMax} bytes`);
  return { kind: 'value', value };
}

/** Whether a text takes more bytes of UTF-8. */
function isLongerThan(text: string, bytes: number): boolean {
  return text.length * 3 > bytes && Buffer.byteLength(text) > bytes;
}
