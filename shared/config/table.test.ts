import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { configurationPage } from './document.ts';
import { roles, settings, settingsOf } from './table.ts';

test('settings: flag and variable follow from the name', () => {
  for (const { name, flag, variable } of settings) {
    const words = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    assert.equal(flag, `--${words}`);
    assert.equal(variable, `SHEAF_${words.replaceAll('-', '_').toUpperCase()}`);
  }
});

test('settings: no command has one twice, and every one is of some command', () => {
  for (const role of roles) {
    const names = settingsOf(role).map(({ name }) => name);
    assert.equal(new Set(names).size, names.length, role);
  }
  for (const setting of settings) assert(setting.roles.length > 0, setting.name);
});

test('settings: numbers have a range, choices their choices, and each its sentence', () => {
  for (const { name, kind, range, choices, doc } of settings) {
    assert.equal(range !== undefined, kind === 'integer' || kind === 'number', name);
    assert.equal(choices !== undefined, kind === 'choice', name);
    assert.match(doc, /^[A-Z].*\.$/, name);
  }
});

test('docs/configuration.md: is what the table says', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  assert.equal(page, configurationPage(), 'run: node shared/config/write-document.ts');
});

test('docs/configuration.md: has no option or variable that the table does not have, and all it has', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const found = (pattern: RegExp): Set<string> => new Set([...page.matchAll(pattern)].map((match) => match[1]!));
  assert.deepEqual(found(/^\| `(--[a-z-]+)`/gm), new Set(settings.map(({ flag }) => flag)));
  assert.deepEqual(found(/^\| `--[a-z-]+` \| `(SHEAF_[A-Z_]+)`/gm), new Set(settings.map(({ variable }) => variable)));
});
