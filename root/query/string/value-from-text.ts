import type { FieldKind } from '../../../shared/schema/schema.ts';

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * The JSON value that a word of a query string stands for on a field of this kind: numbers as JSON writes them, `true`
 * and `false`, everything else the text itself. A word that is no such value stays text, which the field then refuses.
 * Dates are ISO 8601 only: a bare number such as 2024 would be taken for milliseconds.
 */
export function valueFromText(kind: FieldKind, text: string): string | number | boolean {
  switch (kind) {
    case 'integer':
    case 'float':
      return number.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : text;
    case 'date':
    case 'text':
    case 'keyword':
      return text;
  }
}
