import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SheafError } from '../errors.ts';
import { makeSecret, readSecret } from './secret-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-secret-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const a = 'a'.repeat(32);
const b = 'b'.repeat(64);

// Each row: what the file holds, the keys, or why there are none.
const rows: [name: string, text: string, expected: readonly string[] | RegExp][] = [
  ['a line', `${a}\n`, [a]],
  ['a line that does not end', a, [a]],
  ['two lines, the newer first', `${b}\n${a}\n`, [b, a]],
  ['lines of another system, with blanks', `\r\n ${b} \r\n\r\n${a}\r\n`, [b, a]],
  ['nothing', '', /it is empty/],
  ['blanks', ' \n\n', /it is empty/],
  ['three lines', `${a}\n${b}\n${a}`, /it has 3 lines/],
  ['a line that can be guessed', 'a'.repeat(31), /line 1 has 31 characters/],
  ['a former one that can be guessed', `${a}\npassword`, /line 2 has 8 characters/],
];
for (const [name, text, expected] of rows) {
  test(`readSecret: ${name}`, () => {
    const path = join(folder, 'given');
    writeFileSync(path, text);
    if (!(expected instanceof RegExp)) return assert.deepEqual(readSecret(path), expected);
    assert.throws(
      () => readSecret(path),
      (error) => {
        assert(error instanceof SheafError);
        assert.equal(error.code, 'SECRET_UNREADABLE');
        assert.match(String(error.detail['reason']), expected);
        // Nothing of a secret is told.
        return !error.toLine().includes(a) && !error.toLine().includes('password');
      },
    );
  });
}

test('readSecret: a file that is not there is named', () => {
  assert.throws(() => readSecret(join(folder, 'nowhere')), /secret file cannot be read/);
});

test('makeSecret: 256 bits for the owner alone, made once', () => {
  const [path, other] = [join(folder, 'made'), join(folder, 'made-too')];
  makeSecret(path);
  makeSecret(other);
  const text = readFileSync(path, 'utf8');
  assert.match(text, /^[0-9a-f]{64}\n$/);
  assert.notEqual(readFileSync(other, 'utf8'), text);
  if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600);
  makeSecret(path);
  assert.equal(readFileSync(path, 'utf8'), text);
});
