import { readObject } from '../../json/read-object.ts';
import { numberThat, type Reader } from '../../json/readers.ts';
import { defaultBm25, type Bm25Parameters } from '../../ranking/bm25-parameters.ts';
import type { OptionDefinition } from './definition.ts';

/** Beyond it only the number of occurrences counts, times a constant. */
const k1Max = 1000;

/** How texts rank. */
export const bm25Option: OptionDefinition<Bm25Parameters> = {
  read(node) {
    const properties = readObject(node, ['k1', 'b']);
    return {
      k1: properties.optional('k1', within(k1Max), defaultBm25.k1),
      b: properties.optional('b', within(1), defaultBm25.b),
    };
  },
  isDefault: (parameters) => isSame(parameters, defaultBm25),
  isSame,
};

function within(max: number): Reader<number> {
  return numberThat(`a number from 0 to ${max}`, (value) => value >= 0 && value <= max);
}

function isSame(a: Bm25Parameters, b: Bm25Parameters): boolean {
  return a.k1 === b.k1 && a.b === b.b;
}
