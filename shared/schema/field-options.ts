/** Reading how values of a field are indexed. */
import { analyzerNames, defaultAnalyzer } from '../analysis/analyzers.ts';
import { readObject } from '../json/read-object.ts';
import type { Properties } from '../json/read-object.ts';
import { numberThat, oneOf } from '../json/readers.ts';
import type { Reader } from '../json/readers.ts';
import { limits } from '../limits.ts';
import { defaultBm25 } from '../ranking/bm25-parameters.ts';
import type { Bm25Parameters } from '../ranking/bm25-parameters.ts';
import { fieldKinds } from './schema.ts';
import type { FieldKind, FieldOptions } from './schema.ts';

export const fieldOptionNames = ['kind', 'analyzer', 'bm25', 'ignoreAbove'] as const;
type OptionName = (typeof fieldOptionNames)[number];

/** Beyond it only the number of occurrences counts, times a constant. */
const k1Max = 1000;

const readBm25: Reader<Bm25Parameters> = (node) => {
  const properties = readObject(node, ['k1', 'b']);
  const within = (max: number): Reader<number> =>
    numberThat(`a number from 0 to ${max}`, (value) => value >= 0 && value <= max);
  return {
    k1: properties.optional('k1', within(k1Max), defaultBm25.k1),
    b: properties.optional('b', within(1), defaultBm25.b),
  };
};

const readIgnoreAbove: Reader<number> = numberThat(
  `a whole number from 1 to ${limits.termBytesMax}`,
  (value) => Number.isInteger(value) && value >= 1 && value <= limits.termBytesMax,
);

/** Only texts are analysed and ranked by their length; only keywords are kept whole. */
function only<T>(wanted: FieldKind, kind: FieldKind, reader: Reader<T>): Reader<T> {
  return (node) => {
    if (kind === wanted) return reader(node);
    throw node.fault('SCHEMA_INVALID', { reason: `only a ${wanted} field has this option`, kind });
  };
}

/** Options that say what holds anyway are left out. @throws SheafError REQUEST_…, SCHEMA_INVALID */
export function readFieldOptions(properties: Properties<OptionName>): FieldOptions {
  const kind = properties.required('kind', oneOf(fieldKinds));
  const analyzer = properties.optional('analyzer', only('text', kind, oneOf(analyzerNames)), defaultAnalyzer);
  const bm25 = properties.optional('bm25', only('text', kind, readBm25), defaultBm25);
  const ignoreAbove = properties.optional('ignoreAbove', only('keyword', kind, readIgnoreAbove), undefined);
  return {
    kind,
    ...(analyzer === defaultAnalyzer ? {} : { analyzer }),
    ...(bm25.k1 === defaultBm25.k1 && bm25.b === defaultBm25.b ? {} : { bm25 }),
    ...(ignoreAbove === undefined ? {} : { ignoreAbove }),
  };
}
