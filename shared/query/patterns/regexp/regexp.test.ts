import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../../../errors.ts';
import { createRandom } from '../../../random/random.ts';
import { determinizedStatesMax } from './automaton-budget.ts';
import { compileRegexp } from './compile-regexp.ts';
import { dead, type Dfa } from './dfa.ts';
import { regexpOperators, type RegexpOperator } from './parse-regexp.ts';
import { naiveMatches, randomTree, write } from './random-regexp.fixture.ts';
import { cpuMsOf } from '../../../../tests/deadline/cpu.ts';
import { roundsOf } from '../../../../tests/stages/rounds.ts';

interface Options {
  readonly operators?: readonly RegexpOperator[];
  readonly isCaseInsensitive?: boolean;
  readonly statesMax?: number;
}

function compile(pattern: string, options: Options = {}): Dfa {
  const { operators = regexpOperators, isCaseInsensitive = false, statesMax = determinizedStatesMax } = options;
  return compileRegexp({ pattern, operators, isCaseInsensitive }, statesMax);
}

// Each row: a pattern, terms that match it, terms that do not.
const rows: [pattern: string, matching: string[], others: string[]][] = [
  ['', [''], ['a']],
  ['abc', ['abc'], ['', 'ab', 'abcd', 'xabc', 'ABC']],
  ['a.c', ['abc', 'a\nc', 'a𝒳c'], ['ac', 'abbc']],
  ['ab?c', ['ac', 'abc'], ['abbc']],
  ['ab*', ['a', 'abbb'], ['b']],
  ['(ab)+', ['ab', 'abab'], ['', 'aba']],
  ['a{2}', ['aa'], ['a', 'aaa']],
  ['a{2,}', ['aa', 'aaaaa'], ['a']],
  ['a{1,2}b{0}', ['a', 'aa'], ['', 'aaa', 'ab']],
  ['a{0,1}{2}', ['', 'a', 'aa'], ['aaa']],
  ['ab|cd', ['ab', 'cd'], ['abcd', 'a']],
  ['a(b|c)d()', ['abd', 'acd'], ['ad', 'abcd']],
  ['[abc]', ['a', 'b', 'c'], ['', 'd', 'ab']],
  ['[^abc]', ['d', '\n', '𝒳'], ['a', '']],
  ['[a-c0-9_]', ['b', '5', '_'], ['d', '-']],
  ['[-a]', ['-', 'a'], ['b']],
  ['[]a]', [']', 'a'], ['[']],
  ['[^]a]', ['b'], [']', 'a']],
  ['[a\\-z]', ['a', '-', 'z'], ['b', '\\']],
  ['[.*+?({|"~&@#<]', ['.', '*', '+', '?', '(', '{', '|', '"', '~', '&', '@', '#', '<'], ['a']],
  ['[\\d-z]', ['3', '-', 'z'], ['y']],
  ['[^\\w]', ['-', 'é'], ['a', '_', '0']],
  ['[\\S]', ['a'], [' ']],
  ['\\d\\D', ['1a', '1٣'], ['aa', '11']],
  ['\\s\\S', [' a', '\ta', '\na', '\ra'], ['\fa', '\u00a0a', '  ']],
  ['\\w\\W', ['a ', '_é', '0-'], ['aa', 'é ']],
  ['\\.\\*\\\\\\"\\]', ['.*\\"]'], ['a']],
  ['"a.*b"c', ['a.*bc'], ['axbc']],
  ['"a\\"', ['a\\'], ['a"']],
  ['""', [''], ['"']],
  ['^a$', ['^a$'], ['a']],
  ['a]b}>,=', ['a]b}>,='], []],
  ['𝒳+[𝒳-𝒴]?', ['𝒳', '𝒳𝒳', '𝒳𝒴'], ['𝒴']],
  ['~a', ['', 'b', 'aa'], ['a']],
  ['~(ab)c', ['c', 'abbc', 'aabc'], ['abc', '']],
  ['a~bc', ['ac', 'adc', 'axyc'], ['abc']],
  ['~~a', ['a'], ['', 'b']],
  ['~(.*b.*)', ['', 'aca'], ['b', 'abc']],
  ['~@', [], ['', 'a']],
  ['a.*&.*b&.{3}', ['aab', 'a𝒳b'], ['ab', 'aaab', 'aac']],
  ['a|b.*&.*c', ['a', 'bc', 'bac'], ['c', 'b']],
  ['@', ['', 'abc'], []],
  ['@&~(abc.+)', ['abc', 'x'], ['abcd']],
  ['a@b', ['ab', 'axxb'], ['a']],
  ['#', [], ['', '#']],
  ['a#|b', ['b'], ['a']],
  ['#*', [''], ['a']],
  ['foo<1-100>', ['foo1', 'foo01', 'foo100', 'foo0050'], ['foo0', 'foo101', 'foo', 'foo1x']],
  ['foo<01-100>', ['foo1', 'foo100'], ['foo101']],
  ['foo<001-100>', ['foo001', 'foo050', 'foo100'], ['foo1', 'foo01', 'foo101', 'foo000']],
  ['<100-1>', ['7'], ['0', '101']],
  ['<7-7>', ['7'], ['07', '8']],
  ['<0-10>', ['0', '000', '10', '010'], ['11', '']],
  ['<95-1234>', ['95', '99', '100', '999', '1000', '1234'], ['94', '1235', '9']],
  ['<1299-1301>', ['1299', '1300', '1301'], ['1298', '1302', '01300']],
];
for (const [pattern, matching, others] of rows) {
  test(`regexp ${pattern}`, () => {
    const automaton = compile(pattern);
    for (const term of matching) assert.equal(automaton.matches(term), true, JSON.stringify(term));
    for (const term of others) assert.equal(automaton.matches(term), false, JSON.stringify(term));
  });
}

test('regexp: operators that are not asked for are characters', () => {
  assert.ok(compile('~a&b@c#<1-2>', { operators: [] }).matches('~a&b@c#<1-2>'));
  assert.ok(compile('~a&<1-2>', { operators: ['INTERVAL'] }).matches('~a&2'));
  assert.ok(compile('~a&b', { operators: ['INTERSECTION', 'COMPLEMENT'] }).matches('b'));
  assert.ok(compile('@&#', { operators: ['ANYSTRING'] }).matches('x&#'));
});

// Each row: a pattern in any case, terms that match it, terms that do not.
const inAnyCase: [pattern: string, matching: string[], others: string[]][] = [
  ['abc', ['ABC', 'aBc'], ['abd']],
  ['"Ab"[c-e]\\d', ['aBD1'], ['abf1']],
  ['[^a]', ['b'], ['a', 'A']],
  ['élan|ΣΑΣ', ['ÉLAN', 'σας', 'ΣΑς'], ['elan']],
  ['straße', ['STRAẞE'], ['STRASSE']],
  ['𐐀', ['𐐨'], []],
];
for (const [pattern, matching, others] of inAnyCase) {
  test(`regexp ${pattern} in any case`, () => {
    const automaton = compile(pattern, { isCaseInsensitive: true });
    for (const term of matching) assert.equal(automaton.matches(term), true, term);
    for (const term of others) assert.equal(automaton.matches(term), false, term);
  });
}

// Each row: a pattern, the column of what is wrong, what is found there, a part of what was expected.
const faults: [pattern: string, column: number, found: string, expected: RegExp][] = [
  ['a(b', 2, '(', /\) that closes/],
  ['a)b', 2, ')', /without a \(/],
  [')', 1, ')', /something before/],
  ['(a|b', 1, '(', /closes/],
  ['*a', 1, '*', /something before \*, or \\\*/],
  ['a|+', 3, '+', /something before/],
  ['|a', 1, '|', /something before/],
  ['a|', 3, 'the end', /a character/],
  ['(a|)', 4, ')', /something before/],
  ['a&', 3, 'the end', /a character/],
  ['𝒳&&b', 3, '&', /something before/],
  ['{2}', 1, '{', /something before/],
  ['a{', 3, 'the end', /number of times/],
  ['a{x}', 3, 'x', /number of times/],
  ['a{2', 4, 'the end', /\}/],
  ['a{2,x', 5, 'x', /\}/],
  ['a{5,2}', 5, '2', /no less than the 5/],
  ['[a-\\d]', 2, 'a', /ends with a character/],
  ['[abc', 1, '[', /\] that closes/],
  ['[]', 1, '[', /closes/],
  ['x[^', 2, '[', /closes/],
  ['[c-a]', 2, 'c', /ascends/],
  ['[a-', 4, 'the end', /a character/],
  ['a"bc', 2, '"', /closes/],
  ['a\\', 2, '\\', /a character/],
  ['a\\n', 2, '\\', /\\d, \\D/],
  ['[\\b]', 2, '\\', /\\d, \\D/],
  ['a<1', 2, '<', /interval/],
  ['a<1-x>', 2, '<', /interval/],
  ['a<1-2-3>', 2, '<', /interval/],
  ['~', 2, 'the end', /a character/],
];
for (const [pattern, column, found, expected] of faults) {
  test(`regexp ${pattern}: is refused at column ${column}`, () => {
    assert.throws(
      () => compile(pattern),
      (error) => {
        assert.ok(error instanceof SheafError, String(error));
        assert.deepEqual(
          [error.code, error.detail['column'], error.detail['found']],
          ['REQUEST_VALUE_INVALID', column, found],
        );
        assert.match(String(error.detail['expected']), expected);
        return true;
      },
    );
  });
}

test('regexp: nesting is limited', () => {
  assert.ok(compile(`${'('.repeat(32)}a${')'.repeat(32)}`).matches('a'));
  assert.ok(compile(`a${'{1}'.repeat(32)}`).matches('a'));
  const tooDeep = [
    `${'('.repeat(33)}a${')'.repeat(33)}`,
    '~'.repeat(200) + 'a',
    `a${'*'.repeat(33)}`,
    `a${'{1}'.repeat(85)}`,
    `${'('.repeat(30)}a???${')'.repeat(30)}`,
  ];
  const expected = 'at most 32 levels of (, ~ and repetitions of repetitions';
  for (const pattern of tooDeep) assert.throws(() => compile(pattern), { detail: { expected, limit: 32 } }, pattern);
});

// Each row: a pattern that is far too long. Whoever compiles it, and not only who has read it from a request, refuses it.
const tooLong: [what: string, pattern: string][] = [
  ['one character beyond', 'a'.repeat(257)],
  ['10,000 parentheses', `${'('.repeat(10_000)}a${')'.repeat(10_000)}`],
  ['64 KiB of stars', `a${'*'.repeat(65_535)}`],
  ['64 KiB of counted repetitions of one another', `a${'{1}'.repeat(21_845)}`],
  ['64 KiB of an interval', `<1-${'9'.repeat(65_000)}>`],
  ['64 KiB of ranges', `[${'a-\uffff'.repeat(16_000)}]`],
  ['64 KiB of characters', 'a'.repeat(65_536)],
];
for (const [what, pattern] of tooLong) {
  test(`regexp: ${what} is refused before it is read`, () => {
    const detail = { expected: 'a pattern of at most 256 characters', limit: 256, actual: pattern.length };
    const cpuMs = cpuMsOf(() => {
      assert.throws(() => compile(pattern, { isCaseInsensitive: true }), { code: 'REQUEST_VALUE_INVALID', detail });
    });
    assert.ok(cpuMs < 100, `${cpuMs} ms of CPU`);
  });
}

test('regexp: long ranges in any case cost what they have in common once', () => {
  const pattern = `[^${'a-\uffff'.repeat(80)}]`;
  const automaton = compile(pattern, { isCaseInsensitive: true });
  assert.deepEqual(
    ['A', 'z', 'ſ', '1'].map((term) => automaton.matches(term)),
    [false, false, false, true],
  );
  const cpuMs = cpuMsOf(() => {
    for (let i = 0; i < 50; i++) compile(pattern, { isCaseInsensitive: true });
  });
  assert.ok(cpuMs < 2000, `${cpuMs} ms of CPU`);
});

test('regexp: a repeated class costs by its runs, before anything is determinised', () => {
  const runs = Array.from({ length: 120 }, (_, i) => String.fromCodePoint(0x4e00 + 2 * i)).join('');
  assert.throws(() => compile(`[${runs}]{9000}`), { code: 'REQUEST_VALUE_INVALID' });
  assert.ok(compile(`[${runs}]{900}`));
});

const alphabet = ['a', 'b', '.', '*', '?', '|', '(', ')', '[', ']', '^', '-'];

/** Every string of so many of them, at most. */
function stringsOf(letters: readonly string[], lengthMax: number): string[] {
  const strings = [''];
  for (let from = 0, length = 1; length <= lengthMax; length++) {
    const { length: until } = strings;
    for (; from < until; from++) for (const letter of letters) strings.push(strings[from]! + letter);
  }
  return strings;
}

test('regexp: agrees with JavaScript on every short pattern that both have', () => {
  const terms = stringsOf(['a', 'b', '-'], 3);
  let count = 0;
  for (const pattern of stringsOf(alphabet, 4)) {
    // A ] first in brackets, a lazy repetition and an anchor mean something else there.
    if (/\[\^?\]|[*?]\?|(?<!\[)\^|\*\*|\?\*|-\]|\(\?/.test(pattern)) continue;
    let automaton: Dfa;
    try {
      automaton = compile(pattern);
    } catch {
      continue;
    }
    let expression: RegExp;
    try {
      expression = new RegExp(`^(?:${pattern})$`, 's');
    } catch {
      assert.fail(`only one takes ${pattern}`);
    }
    for (const term of terms) assert.equal(automaton.matches(term), expression.test(term), `${pattern} on ${term}`);
    count++;
  }
  assert.ok(count > 2000, String(count));
});

/** Seeds of random patterns: 1 and those that follow it. */
const rounds = roundsOf(4000);
const letters = ['a', 'b', '𝒳', '0', '1', '.', '"', ']', 'é'];

function randomTerm(seed: number): string {
  const random = createRandom(seed);
  return Array.from({ length: random.integer(0, 5) }, () => random.pick(letters)).join('');
}

test('regexp: agrees with trying everything', () => {
  let matching = 0;
  for (let seed = 1; seed <= rounds; seed++) {
    const tree = randomTree(createRandom(seed), 3, false);
    const pattern = write(tree);
    const automaton = compile(pattern);
    for (let i = 0; i < 12; i++) {
      const term = randomTerm(seed * 100 + i);
      const expected = naiveMatches(tree, term);
      if (expected) matching++;
      assert.equal(automaton.matches(term), expected, `seed ${seed}: ${pattern} on ${term}`);
    }
  }
  assert.ok(matching > 1.25 * rounds, String(matching));
});

test('regexp: agrees with JavaScript on what both have, in any case or as it is written', () => {
  for (let seed = 1; seed <= rounds; seed++) {
    const random = createRandom(seed);
    const pattern = write(randomTree(random, 3, true));
    const isCaseInsensitive = random.chance(0.5);
    // JavaScript's \W in any case is something else.
    if (isCaseInsensitive && pattern.includes('\\W')) continue;
    const automaton = compile(pattern, { isCaseInsensitive });
    const portable = pattern.replaceAll('[]0]', '[\\]0]').replaceAll('\\"', '"');
    const expression = new RegExp(`^(?:${portable})$`, isCaseInsensitive ? 'siu' : 'su');
    for (let i = 0; i < 12; i++) {
      const term = random.chance(0.5) ? randomTerm(seed * 100 + i) : randomTerm(seed * 100 + i).toUpperCase();
      assert.equal(automaton.matches(term), expression.test(term), `seed ${seed}: ${pattern} on ${term}`);
    }
  }
});

test('Dfa: every state that is met can still come to a match', () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const automaton = compile(write(randomTree(createRandom(seed), 3, false)));
    if (automaton.start === dead) continue;
    automaton.determinize();
    const reaching = new Set<number>();
    for (let before = -1; before < reaching.size;) {
      before = reaching.size;
      for (let state = 0; state < automaton.size; state++) {
        const edges = automaton.edgesOf(state);
        const leadsOn = edges.some((to, i) => i % 3 === 2 && reaching.has(to));
        if (automaton.isAccepting(state) || leadsOn) reaching.add(state);
      }
    }
    assert.equal(reaching.size, automaton.size, `seed ${seed}`);
  }
});

// Each row: a pattern, what every match begins with.
const prefixes: [pattern: string, prefix: string][] = [
  ['abc', 'abc'],
  ['abc?', 'ab'],
  ['"ab"(cd|ce)', 'abc'],
  ['a{3}.*', 'aaa'],
  ['.*a', ''],
  ['a*', ''],
  ['ab&~(x)', 'ab'],
  ['𝒳é[x]y*', '𝒳éx'],
];
for (const [pattern, prefix] of prefixes) {
  test(`Dfa: prefix of ${pattern}`, () => assert.equal(compile(pattern).prefix(), prefix));
}

test('Dfa: the next character that leads on is never half a pair', () => {
  const automaton = compile('[b-d\ud7ff\ue000-\uf000𝒳]x');
  const rowsOfNext: [from: number, next: number][] = [
    [0, 0x62],
    [0x63, 0x63],
    [0x65, 0xd7ff],
    [0xd800, 0xe000],
    [0xf001, 0x1d4b3],
    [0x1d4b4, -1],
  ];
  for (const [from, next] of rowsOfNext) assert.equal(automaton.nextLive(automaton.start, from), next);
  assert.equal(compile('.').nextLive(0, 0xd800), 0xe000);
});

// Each row: a pattern that takes too much, with how many states are allowed.
const tooComplex: [pattern: string, statesMax: number][] = [
  ['(a|b)*a(a|b){13}', determinizedStatesMax],
  ['a{10001}', determinizedStatesMax],
  ['(((a{1,99}){1,99}){1,99}){1,99}', determinizedStatesMax],
  ['~(.*a.{14})', determinizedStatesMax],
  ['(.*a.{12})&(.*b.{12})', determinizedStatesMax],
  ['(a?){0,1000}', determinizedStatesMax],
  ['(()|a){1,99999999}', determinizedStatesMax],
  ['()*{99999999}', determinizedStatesMax],
  [`a${'{99}'.repeat(30)}`, determinizedStatesMax],
  ['abc', 3],
];
for (const [pattern, limit] of tooComplex) {
  test(`regexp ${pattern}: is refused with the limit of ${limit} states`, () => {
    const cpuMs = cpuMsOf(() =>
      assert.throws(
        () => compile(pattern, { statesMax: limit }).determinize(),
        (error) =>
          error instanceof SheafError && error.code === 'REQUEST_VALUE_INVALID' && error.detail['limit'] === limit,
      ),
    );
    assert.ok(cpuMs < 2000, `${cpuMs} ms of CPU`);
  });
}

test('regexp: as many states as are allowed do', () => {
  const automaton = compile('abc', { statesMax: 4 });
  automaton.determinize();
  assert.equal(automaton.size, 4);
  const long = compile('a{9999}');
  long.determinize();
  assert.ok(long.matches('a'.repeat(9999)));
  assert.ok(compile('(){99999999}').matches(''));
});

test('regexp: an interval costs what its ends have digits, not what it has numbers', () => {
  const nines = '9'.repeat(16);
  const automaton = compile(`<1-${nines}>`);
  automaton.determinize();
  assert.ok(automaton.effort < 10_000, String(automaton.effort));
  assert.deepEqual(
    ['1', '907', nines, `0${nines}`, '0', `1${nines}`].map((text) => automaton.matches(text)),
    [true, true, true, true, false, false],
  );
  const longest = compile(`<${'0'.repeat(126)}-${'9'.repeat(126)}>`);
  longest.determinize();
  assert.ok(longest.matches('5'.repeat(126)));
});

test('regexp: a pattern made to explode does not', () => {
  const automaton = compile(`(a+)+(a|aa)*(.*a){20}b`);
  const cpuMs = cpuMsOf(() => assert.equal(automaton.matches('a'.repeat(8000)), false));
  assert.ok(cpuMs < 2000, `${cpuMs} ms of CPU`);
});
