import assert from 'node:assert/strict';
import { test } from 'node:test';
import { casedRuns, inAnyCase } from './letter-cases.ts';

const cased = casedRuns.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));

/** Greek letters that are encoded twice. */
const encodedTwice = new Set(['\u0390', '\u03b0', '\u1fd3', '\u1fe3']);

function membersOf(set: readonly number[]): string {
  let text = '';
  for (let i = 0; i < set.length; i += 2) {
    for (let code = set[i]!; code <= set[i + 1]!; code++) text += String.fromCodePoint(code);
  }
  return text;
}

test('inAnyCase: every character as a regular expression that ignores case has it', () => {
  const text = cased.map((code) => String.fromCodePoint(code)).join('');
  for (const code of cased) {
    const character = String.fromCodePoint(code);
    if (encodedTwice.has(character)) continue;
    const expected = new Set(text.match(new RegExp(`\\u{${code.toString(16)}}`, 'giu')));
    assert.deepEqual(new Set(membersOf(inAnyCase([code, code]))), expected, character);
  }
});

test('casedRuns: no character outside of them has another case', () => {
  const known = new Set(cased);
  for (let code = 0; code <= 0x10ffff; code++) {
    if (known.has(code) || (code >= 0xd800 && code <= 0xdfff)) continue;
    const text = String.fromCodePoint(code);
    for (const other of [text.toLowerCase(), text.toUpperCase()]) {
      // What becomes several characters has no other case that is one.
      if (Array.from(other).length === 1) assert.equal(other, text, code.toString(16));
    }
  }
});

test('inAnyCase: of runs', () => {
  assert.equal(membersOf(inAnyCase([0x61, 0x63])), 'ABCabc');
  assert.equal(membersOf(inAnyCase([0x30, 0x39])), '0123456789');
  assert.deepEqual(inAnyCase([0, 0x10ffff]), [0, 0x10ffff]);
  assert.equal(membersOf(inAnyCase([0x430, 0x930])).includes('А'), true);
});
