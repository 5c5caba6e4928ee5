import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SheafError } from '../errors.ts';
import { Fence, type Token } from './fence.ts';

/** `log/holder@offset`. */
function token(text: string): Token {
  const [, log = '', holder = '', offset = ''] = /^(\w+)\/(\w+)@(\d+)$/.exec(text) ?? [];
  return { log, holder, offset: Number(offset) };
}

// Each row: the tokens that are shown to a place one after another, and what becomes of each.
const rows: [name: string, shown: string, expected: string][] = [
  ['a first one is admitted', 'l/a@0', 'yes'],
  ['the same holder comes again', 'l/a@3 l/a@3 l/a@3', 'yes yes yes'],
  ['a later holder shuts the one before out', 'l/a@3 l/b@4 l/a@3 l/b@4', 'yes yes LEASE_FENCED yes'],
  ['a refusal changes nothing', 'l/b@4 l/a@3 l/c@5 l/b@4', 'yes LEASE_FENCED yes LEASE_FENCED'],
  ['a holder that takes it again is another', 'l/a@3 l/a@7 l/a@3', 'yes yes LEASE_FENCED'],
  ['an offset that was given twice is the first one’s', 'l/a@3 l/b@3 l/a@3', 'yes LEASE_FENCED yes'],
  ['offsets of two logs are not compared', 'l/a@3 m/b@9 m/b@1 l/a@3', 'yes LEASE_OF_OTHER_LOG LEASE_OF_OTHER_LOG yes'],
];
for (const [name, shown, expected] of rows) {
  test(`fence: ${name}`, () => {
    let fence = new Fence();
    const outcomes = shown.split(' ').map((text) => {
      try {
        fence.admit(token(text));
        return 'yes';
      } catch (error) {
        return (error as SheafError).code;
      } finally {
        // What a place keeps is all there is to know, over its restarts.
        fence = new Fence(JSON.parse(JSON.stringify(fence.highest)) as Token | null);
      }
    });
    assert.equal(outcomes.join(' '), expected);
  });
}
