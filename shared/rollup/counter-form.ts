/** A form of counters, `clicks=1&views=2`, as increments: each name is a value of the one dimension, each number is added. */
import { SheafError } from '../errors.ts';
import { shorten } from '../json/describe-value.ts';
import { definitionOf } from '../schema/kinds/field-kinds.ts';
import type { RollupSchema } from './rollup-schema.ts';

/** The dimension and the metric that the pairs of a form speak of. */
export interface FormFields {
  readonly dimension: string;
  readonly metric: string;
}

/**
 * A form has one name and one number a pair, so the index has one dimension and one metric besides what the root sets.
 * @throws SheafError INDEX_KIND_WRONG
 */
export function formFields({ dimensions, metrics }: RollupSchema): FormFields {
  const asked = Object.keys(dimensions).filter((name) => dimensions[name]!.arrivedAt === undefined);
  const added = Object.keys(metrics).filter((name) => metrics[name]!.arrivedAt === undefined);
  const [dimension] = asked;
  const [metric] = added;
  if (dimension !== undefined && metric !== undefined && asked.length === 1 && added.length === 1) {
    if (definitionOf(dimensions[dimension]!.kind).layout === 'keyword') return { dimension, metric };
  }
  throw new SheafError('INDEX_KIND_WRONG', {
    detail: {
      reason: 'a form takes an index of one keyword dimension and one metric',
      dimensions: asked,
      metrics: added,
      hint: 'send JSON: an increment such as {"page": "home", "views": 1}, or an array of them',
    },
  });
}

const whole = /^[+-]?\d{1,16}$/;

/**
 * The pairs of a form, in order, as documents.
 * @throws SheafError BODY_MISSING, FORM_MALFORMED, INCREMENT_INVALID with the name of the pair
 */
export function readForm(text: string, { dimension, metric }: FormFields): Readonly<Record<string, unknown>>[] {
  const pairs = text.split('&').filter((pair) => pair !== '');
  if (pairs.length === 0) throw new SheafError('BODY_MISSING');
  return pairs.map((pair) => {
    const equals = pair.indexOf('=');
    if (equals === -1) throw new SheafError('FORM_MALFORMED', { at: shorten(pair), detail: { reason: 'no = in it' } });
    const name = decode(pair.slice(0, equals));
    const number = decode(pair.slice(equals + 1));
    const value = Number(number);
    if (!whole.test(number) || !Number.isSafeInteger(value)) {
      const detail = { expected: 'a whole number', limit: Number.MAX_SAFE_INTEGER, actual: shorten(number) };
      throw new SheafError('INCREMENT_INVALID', { at: shorten(name), detail });
    }
    return { [dimension]: name, [metric]: value };
  });
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    const detail = { reason: 'it cannot be decoded as percent-encoded UTF-8' };
    throw new SheafError('FORM_MALFORMED', { at: shorten(text), detail, cause: error });
  }
}
