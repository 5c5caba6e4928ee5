import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../limits.ts';
import { parseIndexBody } from '../schema/parse.ts';
import { applyCatalogEntry, createFor, emptyCatalog, type CatalogState } from './catalog.ts';
import type { CatalogChange, TemplateDefinition } from './definition.ts';
import { readStoredCatalog, storedCatalog } from './stored-catalog.ts';
import { templateFor } from './templates.ts';

const { definition } = createFor(parseIndexBody({ schema: { fields: {} } }));

function apply(state: CatalogState, name: string, change: CatalogChange): CatalogState {
  const next = applyCatalogEntry(state, state.offset + 1, name, Buffer.from(JSON.stringify(change)));
  assert.deepEqual(readStoredCatalog(JSON.parse(JSON.stringify(storedCatalog(next)))), next);
  return next;
}

/** `name=pattern,pattern@priority>alias`, where the alias rolls; `-name` deletes. */
function changeOf(text: string): CatalogChange {
  if (text.startsWith('-')) return { change: 'deleteTemplate', template: text.slice(1) };
  const [, name, patterns, priority, alias] = /^(\w+)=([^@]+)@(\d+)(?:>(\w+))?$/.exec(text)!;
  const template: TemplateDefinition = {
    name: name!,
    patterns: patterns!.split(','),
    priority: Number(priority),
    definition,
    aliases: alias === undefined ? [] : [{ alias, write: true }],
    ...(alias === undefined ? {} : { rollover: { alias, documents: 1 } }),
  };
  return { change: 'setTemplate', template };
}

// Each row: entries; which of them apply; the template of logs-a after them.
const rows: [name: string, entries: string, applied: number[], found: string | undefined][] = [
  ['one that fits', 'a=logs-*@0', [0], 'a'],
  ['one that does not', 'a=logs@0', [0], undefined],
  ['the higher priority', 'a=logs-*@1 b=*@0', [0, 1], 'a'],
  ['the higher priority, said later', 'b=*@0 a=logs-*@1', [0, 1], 'a'],
  ['two of one priority that fit one name', 'a=logs-*@1 b=*-a@1', [0], 'a'],
  ['two of one priority that do not', 'a=logs-*@1 b=log-*@1', [0, 1], 'a'],
  ['the same again, of other patterns', 'a=logs-*@1 a=*@1', [0, 1], 'a'],
  ['the same again, with the priority of another', 'a=logs-*@1 b=*@0 b=*@1', [0, 1], 'a'],
  ['one that was deleted is in nobody’s way', 'a=logs-*@1 -a b=*-a@1', [0, 1, 2], 'b'],
  ['one that is not there is deleted', '-a', [], undefined],
  ['two roll one alias', 'a=logs-*@1>logs b=x@2>logs', [0], 'a'],
  ['two roll two', 'a=logs-*@1>logs b=x@2>more', [0, 1], 'a'],
];
for (const [name, entries, applied, found] of rows) {
  test(`templates: ${name}`, () => {
    let state = emptyCatalog;
    for (const entry of entries.split(' ')) state = apply(state, '_templates', changeOf(entry));
    assert.deepEqual([state.applied, templateFor(state.templates, 'logs-a')?.name], [applied, found]);
  });
}

test('templates: one more than the limit changes nothing, and one of those there are can be changed', () => {
  let state = emptyCatalog;
  const set = (name: string, pattern: string) => {
    const body = Buffer.from(JSON.stringify(changeOf(`${name}=${pattern}@0`)));
    state = applyCatalogEntry(state, state.offset + 1, '_templates', body);
  };
  for (let i = 0; i < limits.templatesMax; i++) set(`t${i}`, `t${i}`);
  set('more', 'more');
  assert.equal(state.templates.size, limits.templatesMax);
  assert.equal(state.templates.get('more'), undefined);
  set('t0', 'other');
  assert.deepEqual(state.templates.get('t0')?.patterns, ['other']);
});

// Each row: what is no template, as an entry.
const broken: [name: string, template: unknown][] = [
  ['no patterns', { ...whole(), patterns: [] }],
  ['too many patterns', { ...whole(), patterns: Array.from({ length: 11 }, (_, i) => `p${i}`) }],
  ['a pattern that is a number', { ...whole(), patterns: [3] }],
  ['no priority', { ...whole(), priority: undefined }],
  ['a schema that is none', { ...whole(), definition: { ...definition, schema: {} } }],
  ['an alias that is a text', { ...whole(), aliases: ['a'] }],
  ['a policy without an alias', { ...whole(), rollover: { documents: 1 } }],
  ['a policy of half a document', { ...whole(), rollover: { alias: 'a', documents: 0.5 } }],
];
function whole(): object {
  return { name: 'a', patterns: ['a'], priority: 0, definition, aliases: [] };
}
for (const [name, value] of broken) {
  test(`templates: ${name} is refused by the log`, () => {
    const body = Buffer.from(JSON.stringify({ change: 'setTemplate', template: value }));
    assert.throws(() => applyCatalogEntry(emptyCatalog, 0, '_templates', body), { code: 'BATCH_INVALID' });
  });
}
