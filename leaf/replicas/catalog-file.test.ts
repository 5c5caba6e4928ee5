import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { emptyCatalog, type CatalogState, type IndexDefinition } from '../../shared/catalog/catalog.ts';
import { createRandom } from '../../shared/random/random.ts';
import { CatalogFile, catalogDisk, readCatalogFile } from './catalog-file.ts';

function index(name: string, replicas = 1): IndexDefinition {
  return { id: `x${name}`, name, kind: 'document', schema: { fields: {}, dynamic: 'strict' }, shards: 1, replicas };
}

function pathFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-catalog-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'catalog.jsonl');
}

const noFault = (error: unknown): void => assert.fail(String(error));

/** Reads the file, and says whether there is more than could be read. */
async function read(path: string): Promise<{ state: CatalogState | null; damaged: boolean }> {
  let damaged = false;
  const state = await readCatalogFile(path, () => (damaged = true));
  return { state, damaged };
}

function withIndex(state: CatalogState, name: string, replicas = 1): CatalogState {
  return { ...state, offset: state.offset + 1, indexes: state.indexes.with(name, index(name, replicas)) };
}

/** An alias comes, changes or goes. */
function withAlias(state: CatalogState, name: string, target: string | null): CatalogState {
  const offset = state.offset + 1;
  const aliases =
    target === null
      ? state.aliases.without(name)
      : state.aliases.with(name, { name, indexes: [{ index: target, id: 'x1', filter: { match_all: {} } }] });
  return { ...state, offset, aliases, applied: [...state.applied, offset].slice(-3) };
}

/** A template comes, changes or goes. */
function withTemplate(state: CatalogState, name: string, priority: number | null): CatalogState {
  const offset = state.offset + 1;
  const { id: _id, name: _name, ...definition } = index(name);
  const templates =
    priority === null
      ? state.templates.without(name)
      : state.templates.with(name, { name, patterns: [`${name}*`], priority, definition, aliases: [] });
  return { ...state, offset, templates, applied: [...state.applied, offset].slice(-3) };
}

const seed = 20261129;

test(`CatalogFile: is read as it was last written, whatever became of the catalog (seed ${seed})`, async (t) => {
  const path = pathFor(t);
  const random = createRandom(seed);
  let state = emptyCatalog;
  for (let life = 0; life < 5; life++) {
    const file = new CatalogFile(path, noFault);
    for (let step = 0; step < 40; step++) {
      const name = `i${random.integer(0, 20)}`;
      state = random.chance(0.3)
        ? { ...state, offset: state.offset + 1, indexes: state.indexes.without(name) }
        : withIndex(state, name, random.integer(1, 3));
      if (random.chance(0.3)) state = withAlias(state, `a${random.integer(0, 5)}`, random.chance(0.3) ? null : name);
      if (random.chance(0.3)) {
        state = withTemplate(state, `t${random.integer(0, 5)}`, random.chance(0.3) ? null : step);
      }
      file.write(state);
      if (random.chance(0.5)) await file.settled();
    }
    await file.settled();
    assert.deepEqual(await read(path), { state, damaged: false });
  }
});

// Each row: what has happened to a file of three lines, what is left, whether it is told.
const first = withIndex(emptyCatalog, 'a');
const second = withIndex(first, 'b');
const third = withIndex(second, 'c');
const damages: [
  name: string,
  damage: (path: string, text: string) => void,
  state: CatalogState | null,
  told: boolean,
][] = [
  ['nothing', () => undefined, third, false],
  ['the last line is cut short', (path, text) => writeFileSync(path, text.slice(0, -9)), second, true],
  ['what is appended is no change', (path) => appendFileSync(path, '{"offset":9}\n'), third, true],
  [
    'a line in the middle is damaged: what follows builds upon it',
    (path, text) => writeFileSync(path, text.replace('"changed":[{', '"changed":[}')),
    first,
    true,
  ],
  ['the first line is damaged', (path, text) => writeFileSync(path, text.slice(1)), null, true],
  ['it is empty', (path) => writeFileSync(path, ''), null, true],
  ['it is gone', (path) => rmSync(path), null, false],
];
for (const [name, damage, state, damaged] of damages) {
  test(`CatalogFile: ${name}`, async (t) => {
    const path = pathFor(t);
    const file = new CatalogFile(path, noFault);
    for (const each of [first, second, third]) {
      file.write(each);
      await file.settled();
    }
    damage(path, readFileSync(path, 'utf8'));
    assert.deepEqual(await read(path), { state, damaged });
    // The next life begins the file anew.
    if (state === null) return;
    const next = new CatalogFile(path, noFault);
    next.write(withIndex(state, 'd'));
    await next.settled();
    assert.deepEqual(await read(path), { state: withIndex(state, 'd'), damaged: false });
  });
}

test('CatalogFile: after a write that failed in the middle the file is begun anew', async (t) => {
  const path = pathFor(t);
  const faults: unknown[] = [];
  let isFull = false;
  const file = new CatalogFile(path, (error) => faults.push(error), {
    ...catalogDisk,
    append: async (to, text) => {
      await catalogDisk.append(to, isFull ? text.slice(0, 5) : text);
      if (isFull) throw new Error('no space left');
    },
  });
  for (const [state, full] of [
    [first, false],
    [second, true],
    [third, false],
  ] as const) {
    isFull = full;
    file.write(state);
    await file.settled();
  }
  assert.equal(faults.length, 1);
  assert.deepEqual(await read(path), { state: third, damaged: false });
});

test('CatalogFile: a change costs what it says, however many indexes there are, and the file stays in proportion', async (t) => {
  const path = pathFor(t);
  let appended = 0;
  let whole = 0;
  const file = new CatalogFile(path, noFault, {
    replace: async (_path, text) => void (whole += text.length),
    append: async (_path, text) => void (appended += text.length),
  });
  const bytesAt = new Map<number, number>();
  let state = emptyCatalog;
  for (let count = 1; count <= 4096; count++) {
    const before = appended;
    state = withIndex(state, String(count).padStart(5, '0'));
    file.write(state);
    await file.settled();
    if (count === 100 || count === 4000) bytesAt.set(count, appended - before);
  }
  assert.ok(bytesAt.get(4000)! <= bytesAt.get(100)! + 10, JSON.stringify([...bytesAt]));
  // Each time it is begun anew it is twice as long: all of these together are less than twice the last.
  assert.ok(whole < 3 * appended, `${whole} bytes written whole, ${appended} appended`);
});
