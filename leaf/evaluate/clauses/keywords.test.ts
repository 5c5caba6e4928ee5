import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../shared/random/random.ts';
import type { Dictionary } from '../../dictionary/dictionary.ts';
import { atOnce } from '../../schedule/steps.ts';
import { buildSegment } from '../../segment/build.ts';
import { openSegment } from '../../segment/open.ts';
import { findTerms } from './keywords.ts';

/** Of the values of a keyword field. */
function dictionaryOf(terms: readonly string[]): Dictionary {
  const source = Buffer.from(JSON.stringify({ t: terms }));
  const segment = openSegment(
    buildSegment([{ name: 't', path: 't', kind: 'keyword' }], [{ key: 'k', offset: 0, source }]),
  );
  const field = segment.fieldsByName.get('t');
  assert.ok(field?.kind === 'keyword');
  return field.dictionary;
}

test('findTerms: the same terms, whether the list is longer than the dictionary or shorter', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = createRandom(seed);
    const word = (): string => random.pick(['a', 'é', '𝒳', '\ue000', '語', '']) + String(random.integer(0, 400));
    const dictionary = dictionaryOf(Array.from({ length: random.integer(1, 300) }, word));
    const all = Array.from({ length: dictionary.size }, (_, ordinal) => dictionary.termAt(ordinal));
    // Terms that are there twice, that are not there, and one that no dictionary has.
    const list = Array.from({ length: random.pick([1, 20, 2000]) }, word).concat('\ud800', all[0]!, all[0]!);
    const expected = all.flatMap((term, ordinal) => (list.includes(term) ? [ordinal] : []));
    for (let again = 0; again < 2; again++) {
      const found = atOnce(findTerms(dictionary, { kind: 'keywords', field: 't', terms: list }));
      assert.deepEqual([...found], expected, `seed ${seed}`);
    }
  }
});
