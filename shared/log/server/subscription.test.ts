import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createRandom, type Random } from '../../random/random.ts';
import { step, subscriptionAt, type Span, type SubscriptionEvent, type SubscriptionState } from './subscription.ts';

const fuzzRuns = 400;

/** `4-6` is a batch of the offsets 4 to 6. */
function span(text: string): Span {
  const [first, last] = text.split('-').map(Number);
  return { firstOffset: first!, lastOffset: last ?? first! };
}

/** `+2` gives credit, `c4-6` commits, `r0-3,4-6` answers a read. */
function eventOf(text: string): SubscriptionEvent<Span> {
  const rest = text.slice(1);
  if (text.startsWith('+')) return { kind: 'credit', batches: Number(rest) };
  if (text.startsWith('c')) return { kind: 'committed', batch: span(rest) };
  return { kind: 'read', batches: rest.split(',').map(span) };
}

/** What the events lead to: `>4-6` is sent, `?4×2` reads from 4 at most 2 batches. */
function effectsOf(start: SubscriptionState, events: string): string {
  let state = start;
  const effects: string[] = [];
  for (const text of events.split(' ')) {
    const next = step(state, eventOf(text));
    state = next.state;
    for (const effect of next.effects) {
      if (effect.kind === 'read') effects.push(`?${effect.from}×${effect.batchesMax}`);
      else effects.push(`>${effect.batch.firstOffset}-${effect.batch.lastOffset}`);
    }
  }
  return effects.join(' ');
}

// Each row: where the subscription begins, the partition's head, what happens, what is done.
const rows: [situation: string, from: number, head: number, events: string, effects: string][] = [
  ['empty, at the head', 0, -1, '+2 c0-3 c4-4', '>0-3 >4-4'],
  ['no credit, no reading', 0, 9, 'c10-10', ''],
  ['credit begins the reading', 0, 9, '+3', '?0×3'],
  ['commits while reading are read later', 0, 9, '+3 c10-10 r0-9', '?0×3 >0-9 ?10×2'],
  ['a read that saw the commit already', 0, 9, '+3 r0-9,10-10 c10-10', '?0×3 >0-9 >10-10'],
  ['and the next commit goes straight', 0, 9, '+3 r0-9,10-10 c10-10 c11', '?0×3 >0-9 >10-10 >11-11'],
  ['credit runs out at the head', 0, -1, '+1 c0 c1 c2 +2', '>0-0 ?1×2'],
  ['one read at a time', 0, 9, '+1 +1 +1 c10', '?0×1'],
  ['beyond the head: skipped until there', 5, -1, '+1 c0-3 c4-6', '>4-6'],
  ['begins inside a batch', 5, 9, '+2 r4-6,7-9', '?5×2 >4-6 >7-9'],
  ['gaps are no reason to read', 0, -1, '+3 c2-3 c7-8 c20', '>2-3 >7-8 >20-20'],
];

suite('step', () => {
  for (const [situation, from, head, events, effects] of rows) {
    test(situation, () => assert.equal(effectsOf(subscriptionAt(from, head), events), effects));
  }

  test(`fuzz: every entry once and in order, ${fuzzRuns} seeds`, () => {
    for (let seed = 1; seed <= fuzzRuns; seed++) new Simulation(createRandom(seed), `seed ${seed}`).run();
  });
});

/**
 * A store, its commits told late to the subscription, reads that see the store as it is when they run and are
 * answered later still, and a consumer that gives credit when it likes.
 */
class Simulation {
  private readonly random: Random;
  private readonly name: string;
  private readonly stored: Span[] = [];
  private readonly from: number;
  private readonly sent: Span[] = [];
  private state: SubscriptionState;
  /** Commits told so far. */
  private told: number;
  private credit = 0;
  private asked: { from: number; batchesMax: number } | undefined;
  private answer: Span[] | undefined;

  constructor(random: Random, name: string) {
    this.random = random;
    this.name = name;
    for (let count = random.integer(0, 6); count > 0; count--) this.commit();
    this.told = this.stored.length;
    const head = this.stored.at(-1)?.lastOffset ?? -1;
    this.from = random.integer(0, head + 5);
    this.state = subscriptionAt(this.from, head);
  }

  run(): void {
    for (let turn = 0; turn < 300; turn++) this.act(this.random.integer(0, 4));
    for (let turn = 0; turn < 1000; turn++) this.act(this.random.integer(1, 4));
    const wanted = this.stored.filter((batch) => batch.lastOffset >= this.from);
    assert.deepEqual(this.sent, wanted, this.name);
  }

  private act(choice: number): void {
    if (choice === 0) this.commit();
    else if (choice === 1) this.tell();
    else if (choice === 2) this.giveCredit();
    else if (choice === 3) this.readStore();
    else this.answerRead();
  }

  private commit(): void {
    const firstOffset = (this.stored.at(-1)?.lastOffset ?? -1) + 1 + this.random.integer(0, 2);
    this.stored.push({ firstOffset, lastOffset: firstOffset + this.random.integer(0, 3) });
  }

  private tell(): void {
    const batch = this.stored[this.told];
    if (batch === undefined) return;
    this.told++;
    this.handle({ kind: 'committed', batch });
  }

  private giveCredit(): void {
    const batches = this.random.integer(1, 4);
    this.credit += batches;
    this.handle({ kind: 'credit', batches });
  }

  private readStore(): void {
    if (this.asked === undefined || this.answer !== undefined) return;
    const { from, batchesMax } = this.asked;
    const found = this.stored.filter((batch) => batch.lastOffset >= from);
    // At least one, as the store does, however large it is.
    this.answer = found.slice(0, this.random.integer(1, batchesMax));
    assert.ok(this.answer.length > 0, `${this.name}: a read that finds nothing`);
  }

  private answerRead(): void {
    const batches = this.answer;
    if (batches === undefined) return;
    this.asked = undefined;
    this.answer = undefined;
    this.handle({ kind: 'read', batches });
  }

  private handle(event: SubscriptionEvent<Span>): void {
    const { state, effects } = step(this.state, event);
    this.state = state;
    for (const effect of effects) {
      if (effect.kind === 'send') {
        this.sent.push(effect.batch);
        this.credit--;
        assert.ok(this.credit >= 0, `${this.name}: sent without credit`);
      } else {
        assert.equal(this.asked, undefined, `${this.name}: two reads at once`);
        this.asked = effect;
      }
    }
  }
}
