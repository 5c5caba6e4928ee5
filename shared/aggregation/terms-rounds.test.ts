import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import type { BucketPartial } from './buckets.ts';
import { buckets, terms } from './finish.fixture.ts';
import { beginResults, finishAggregations } from './result.ts';
import { amendPart, mayAskAgain, nextRound } from './rounds.ts';
import { allAtOnce } from './steps.ts';
import { leastSent } from './terms-rounds.ts';
import type { Accuracy, WantedTerms } from './terms-listing.ts';
import type { TermsPartial } from './terms-partial.ts';
import type { TermsRequest } from './terms.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';

// Each row: what parts have cut at most, what terms of the list have at least, from which count on parts send.
const leastRows: [cut: number[], from: number, least: number][] = [
  [[10, 10, 10, 10], 20, 5],
  [[10, 10], 11, 6],
  // One has cut little, so the others may keep more.
  [[1, 10, 10], 10, 5],
  [[0, 0, 30], 10, 10],
  [[10, 10], 1, 1],
  [[3, 3, 3], 3, 1],
];
for (const [cut, from, least] of leastRows) {
  test(`leastSent: cut ${cut.join(' ')}, listed from ${from}`, () => assert.equal(leastSent(cut, from), least));
}

test('leastSent: is the largest that leaves too little', (t) => {
  const seed = 100;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 2000; run++) {
    const cut = Array.from({ length: random.integer(1, 6) }, () => random.integer(0, 30));
    const from = random.integer(1, 60);
    const left = (least: number): number => cut.reduce((sum, most) => sum + Math.min(most, least - 1), 0);
    let expected = 1;
    for (let least = 1; least <= from; least++) if (left(least) < from) expected = least;
    assert.equal(leastSent(cut, from), expected, `${cut.join(' ')} from ${from}`);
  }
});

const request = (accuracy: Accuracy, more: Partial<TermsRequest> = {}): TermsRequest => ({
  ...terms,
  size: 2,
  shardSize: 2,
  accuracy,
  ...more,
});

function part(text: string, cutCountMax: number, cutCountSum: number): TermsPartial {
  return { kind: 'terms', buckets: buckets(text), cutCountMax, cutCountSum };
}

/** What each part is asked: keys, or counts; `-` where nothing. */
function asked(asks: TermsRequest, parts: readonly TermsPartial[], roundsLeft = 3): string {
  const finishing = beginResults(wholeAnswer);
  const came = parts.map((x) => ({ x }));
  const ended: string[] = [];
  const onEnd = (name: string, reason: string): void => void ended.push(`${name} ${reason}`);
  const next = allAtOnce(nextRound({ x: asks }, came, { finishing, roundsLeft }, onEnd));
  const told = next.map((each) => {
    if (each === null) return '-';
    const { wanted, choice } = each['x'] as TermsRequest & { readonly wanted?: WantedTerms };
    if (wanted?.kind === 'counts') return `${wanted.from}..${wanted.upTo}`;
    return choice?.include?.kind === 'values' ? choice.include.values.join(' ') : '?';
  });
  return [told.join(', '), ...ended].join('; ');
}

const sent = [part('a:9 b:8', 5, 20), part('a:9 c:7', 6, 20), part('a:1', 0, 0)];

// Each row: what is asked of `sent` above, the rounds that may follow.
const askRows: [name: string, asks: TermsRequest, roundsLeft: number, expected: string][] = [
  ['nothing where it is to be fast', request('fast'), 3, '-, -, -'],
  ['nothing of who does not say', { ...terms, size: 2, shardSize: 2 }, 3, '-, -, -'],
  ['the listed terms of those that cut them', request('bounded'), 3, '-, b, -'],
  // At most 11 documents of a term that is not known, and 8 of the last one listed.
  ['terms with so many that others do not matter', request('exact'), 3, '4..5, 4..6, -'],
  ['the listed terms where no other round can follow', request('exact'), 1, '-, b, -; x rounds_over'],
];
for (const [name, asks, roundsLeft, expected] of askRows) {
  test(`nextRound: terms ask for ${name}`, () => assert.equal(asked(asks, sent, roundsLeft), expected));
}

test('nextRound: keys that are more bytes than a task may ask for are not asked for, and that is said', () => {
  const few = part('a:9 b:8', 3, 20);
  const long = Array.from({ length: 600 }, (_, i) => ({
    key: `${1000 + i}`.padEnd(8000, 'x'),
    count: 20,
    aggregations: {},
  }));
  const many: TermsPartial = {
    kind: 'terms',
    buckets: [...buckets('a:9 b:8'), ...long],
    cutCountMax: 0,
    cutCountSum: 0,
  };
  const other = part('a:9 b:8 c:4', 4, 20);
  assert.equal(asked(request('exact'), [few, many, other]), '-, -, -; x keys_too_long');
  assert.equal(
    asked(request('bounded', { size: 600, shardSize: 600 }), [few, many, other]),
    '-, -, -; x keys_too_long',
  );
  const shorter = { ...many, buckets: many.buckets.slice(0, 10) };
  assert.match(asked(request('exact'), [few, shorter, other]), /^1000x.* 1007x+, -, 1000x.* 1007x+$/);
});

test('nextRound: exact terms ask for those known that might belong in the list, where no unknown one can', () => {
  const parts = [part('a:9 b:8', 3, 20), part('a:9 c:7 d:5', 3, 20)];
  // c may have 10, and d 8: as many as b has.
  assert.equal(asked(request('exact'), parts), 'c d, b');
  assert.equal(asked(request('exact'), [part('a:9 b:8', 1, 20), part('a:9 b:8 d:5', 1, 20)]), '-, -');
});

test('nextRound: what has one answer is not asked on, as that is in its order', () => {
  assert.equal(asked(request('exact'), [part('a:9 b:5', 5, 20)]), '-');
});

test('nextRound: where terms without documents are listed, a part that sent all it may has cut some unseen', () => {
  const all = request('exact', { minDocCount: 0, order: [{ by: 'count', descending: false }] });
  assert.equal(asked(all, [part('a:0 b:5', 0, 0), part('a:0 b:4', 0, 0)]), '-, -');
  const results = (shardSize: number): unknown =>
    finishAggregations({ x: { ...all, shardSize } }, { x: part('a:0 b:9', 0, 0) }, wholeAnswer)['x'];
  const errorOf = (result: unknown) => (result as { doc_count_error_upper_bound: unknown }).doc_count_error_upper_bound;
  assert.deepEqual([errorOf(results(2)), errorOf(results(3))], [null, 0]);
});

test('mayAskAgain: where an accuracy is asked that may take another round', () => {
  assert.deepEqual(
    [request('fast'), request('bounded'), request('exact')].map((x) => mayAskAgain({ x })),
    [false, true, true],
  );
});

/** As `key:count` with what it may lack. */
function shown({ buckets: all, cutCountMax, cutCountSum }: TermsPartial): string {
  const each = all.map(({ key, count, lacks = 0 }: BucketPartial & { readonly lacks?: number }) => {
    return lacks === 0 ? `${key}:${count}` : `${key}:${count}+${lacks}`;
  });
  return `${each.join(' ')} cut ${cutCountMax}/${cutCountSum}`;
}

const named = (values: string[]): TermsRequest => request('exact', { choice: { include: { kind: 'values', values } } });
const counts = (from: number, upTo: number): TermsRequest =>
  request('exact', { wanted: { kind: 'counts', from, upTo } });

// Each row: what was asked of a part with a:9 b:8 that has cut 5 of a term and 20 in all, what answered, what the part is then.
const amendRows: [name: string, ask: TermsRequest, answers: TermsPartial[], expected: string][] = [
  ['a term it has', named(['c']), [part('c:4', 0, 0)], 'a:9 b:8 c:4 cut 5/16'],
  ['a term that it has not cut', named(['c', 'd']), [part('c:4', 0, 0)], 'a:9 b:8 c:4 d:0 cut 5/16'],
  ['by two leaves', named(['c']), [part('c:1', 0, 0), part('c:3', 0, 0)], 'a:9 b:8 c:4 cut 5/16'],
  ['names that did not fit', named(['c', 'd']), [part('c:4', 2, 2)], 'a:9 b:8 c:4 cut 5/16'],
  ['counts', counts(3, 5), [part('c:5 d:3', 2, 12)], 'a:9 b:8 c:5 d:3 cut 2/12'],
  ['counts of what was sent before', counts(3, 9), [part('a:9 c:5', 2, 15)], 'a:9 b:8 c:5 cut 2/15'],
  ['counts by two leaves', counts(3, 5), [part('c:3', 2, 9), part('c:2', 1, 6)], 'a:9 b:8 c:5 cut 3/15'],
  [
    'counts by two leaves of which one cut it',
    counts(3, 5),
    [part('c:3', 2, 9), part('', 1, 8)],
    'a:9 b:8 c:3+1 cut 3/17',
  ],
  ['all that it has', counts(1, 5), [part('c:5 d:5 e:5 f:5', 0, 0)], 'a:9 b:8 c:5 d:5 e:5 f:5 cut 0/0'],
];
for (const [name, ask, answers, expected] of amendRows) {
  test(`amendPart: ${name}`, () => {
    const { x } = allAtOnce(
      amendPart(
        { x: request('exact') },
        { x: part('a:9 b:8', 5, 20) },
        { asked: { x: ask }, answers: answers.map((answer) => ({ x: answer })) },
        beginResults(wholeAnswer).empty,
      ),
    );
    assert.equal(shown(x as TermsPartial), expected);
  });
}
