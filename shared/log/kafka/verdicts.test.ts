import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../random/random.ts';
import type { Decision } from './decision.ts';
import { Verdicts, windowMax } from './verdicts.ts';
import { roundsOf } from '../../../tests/stages/rounds.ts';

const answer = [['p', 0, 1]] as const;

/** An entry that decides something of an append. */
type Judgement = Exclude<Decision, { readonly kind: 'forget' }>;

/** `A<3:k,l` commits A, whose author had seen 3, with the keys k and l; `-A` gives A up. */
function parse(word: string): Judgement {
  if (word.startsWith('-')) return { kind: 'abandon', append: word.slice(1) };
  const [, append, seen, keys] = /^(\w+)<(-?\d+)(?::(.*))?$/.exec(word)!;
  const names = keys === undefined ? [] : keys.split(',');
  return {
    kind: 'commit',
    append: append!,
    seen: Number(seen),
    keys: names.map((key) => ({ key, digest: 'd', answer })),
  };
}

// Each row: entries from offset 0 on, the appends that count.
const rows: [name: string, entries: string, counting: string][] = [
  ['a commit counts', 'A<-1', 'A'],
  ['one that was given up does not', '-A A<-1', ''],
  ['one that was given up too late does', 'A<-1 -A', 'A'],
  ['of two with one key the first counts', 'A<-1:k B<-1:k', 'A'],
  ['the second had seen the first, and was told to', 'A<-1:k B<0:k', 'A B'],
  ['other keys are no matter', 'A<-1:k B<-1:l', 'A B'],
  ['one of many is enough', 'A<-1:k,l B<-1:m,l C<-1:n', 'A C'],
  ['one that does not count takes its keys all the same', 'A<-1:k B<-1:k,l C<-1:l', 'A'],
  ['the first decision of an append is the one', 'A<-1:k A<-1', 'A'],
];
for (const [name, entries, counting] of rows) {
  test(`Verdicts: ${name}`, () => assert.equal(counted(entries.split(' ').map(parse), 0, 0).join(' '), counting));
}

/** @param from where it is read from @param gap offsets that are left out before the second entry */
function counted(decisions: readonly Judgement[], from: number, gap: number): string[] {
  const verdicts = new Verdicts(from);
  const all: string[] = [];
  for (const [i, decision] of decisions.entries()) {
    const offset = i === 0 ? 0 : i + gap;
    if (offset < from) continue;
    const verdict = verdicts.read(offset, decision);
    if (verdict?.counts === true) all.push(verdict.append);
  }
  return all;
}

test('Verdicts: an entry that decides nothing is passed', () => {
  const verdicts = new Verdicts(0);
  assert.deepEqual([verdicts.read(0, null), verdicts.offset], [null, 0]);
  assert.deepEqual([verdicts.read(1, { kind: 'forget', before: 1 }), verdicts.offset], [null, 1]);
  assert.equal(verdicts.read(2, parse('A<-1'))?.counts, true);
});

test('Verdicts: an append that took longer than the window does not count, one that just took it does', () => {
  assert.deepEqual(counted([parse('A<-1'), parse('B<0')], 0, windowMax - 1), ['A', 'B']);
  assert.deepEqual(counted([parse('A<-1'), parse('B<0')], 0, windowMax), ['A']);
});

/** By the definition, from all that there is. */
function slowVerdict(decisions: readonly Judgement[], append: string): boolean | undefined {
  const at = decisions.findIndex((decision) => decision.append === append);
  const decision = decisions[at];
  if (decision === undefined) return undefined;
  if (decision.kind === 'abandon' || at - decision.seen > windowMax) return false;
  const between = decisions.slice(decision.seen + 1, at);
  const keys = new Set(decision.keys.map(({ key }) => key));
  return !between.some((other) => other.kind === 'commit' && other.keys.some(({ key }) => keys.has(key)));
}

test('Verdicts: wherever a reader begins, of what it can know it says what the definition says', (t) => {
  const seed = 11;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < roundsOf(400); run++) {
    const length = run % 20 === 0 ? windowMax * 2 : random.integer(1, 60);
    const decisions = Array.from({ length }, (_, offset): Judgement => {
      const append = `a${random.integer(0, length)}`;
      if (random.chance(0.2)) return { kind: 'abandon', append };
      const keys = Array.from({ length: random.integer(0, 3) }, () => `k${random.integer(0, 30)}`);
      const seen = random.chance(0.1) ? random.integer(-1, offset - 1) : Math.max(-1, offset - random.integer(1, 8));
      return { kind: 'commit', append, seen, keys: keys.map((key) => ({ key, digest: 'd', answer })) };
    });
    const from = random.integer(0, length - 1);
    const verdicts = new Verdicts(from);
    for (const [offset, decision] of decisions.entries()) if (offset >= from) verdicts.read(offset, decision);
    let compared = 0;
    for (const [offset, decision] of decisions.entries()) {
      const isFirst = decisions.findIndex(({ append }) => append === decision.append) === offset;
      const seen = decision.kind === 'commit' ? decision.seen : offset - 1;
      if (!isFirst || seen < verdicts.from) continue;
      compared++;
      assert.equal(
        verdicts.of(decision.append),
        slowVerdict(decisions, decision.append),
        `run ${run}, ${decision.append}`,
      );
    }
    if (from === 0) assert.ok(compared > 0);
  }
});
