/** The small files of a leaf, damaged in every way: what is read is what was written, or nothing. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { pino } from 'pino';
import { emptyCatalog } from '../../shared/catalog/catalog.ts';
import { createRandom } from '../../shared/random/random.ts';
import { openDataFolder } from './data-folder.ts';
import { roundsOf } from '../../tests/stages/rounds.ts';

/** What a folder says when it is opened. */
interface Said {
  readonly log: string | null;
  readonly catalog: unknown;
  readonly members: unknown;
  readonly incarnation: number;
}

const storedCatalog = { ...emptyCatalog, offset: 1234 };
const storedMembers = { leaves: ['a', 'b'], zones: { a: 'eu-1a', b: null } };
const whole: Said = { log: 'the-log', catalog: storedCatalog, members: storedMembers, incarnation: 77 };

const caches: Readonly<Record<string, Partial<Said>>> = {
  'catalog.jsonl': { catalog: null },
  'members.json': { members: null },
  'incarnation.json': { incarnation: 0 },
};
/** Of the places at which files are damaged. */
const seed = 59_200_001;
const owners = ['leaf.json', 'leaf.copy.json'];

suite('data folder', () => {
  let folder: string;
  let told: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sheaf-data-'));
    const opened = await openDataFolder(folder, 'a', pino({ level: 'silent' }));
    opened.storeLog('the-log');
    opened.storeCatalog(storedCatalog);
    opened.storeMembers(storedMembers);
    await opened.storeIncarnation(77);
    await opened.close();
    mkdirSync(join(folder, 'indexes'));
    writeFileSync(join(folder, 'indexes', 'replica'), 'kept');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function say(): Promise<Said> {
    told = '';
    const opened = await openDataFolder(folder, 'a', pino({}, { write: (line) => (told += line) }));
    const { log, catalog, members, incarnation } = opened;
    await opened.close();
    return { log, catalog, members, incarnation };
  }

  /** Damages of a file: a byte another, or another length. A sample of them, of which the seed is told, but with `npm run test:fuzz` each. */
  function* damagesOf(bytes: Buffer): Generator<Buffer> {
    const random = createRandom(seed);
    for (let at = 0; at < bytes.length; at++) {
      if (!random.chance(roundsOf(1))) continue;
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= 1 << (at % 8);
      yield flipped;
      yield bytes.subarray(0, at);
    }
  }

  test('every value is there again, and nothing is told', async () => {
    assert.deepEqual(await say(), whole);
    assert.equal(told, '');
  });

  for (const [name, lost] of Object.entries(caches)) {
    test(`${name}, a byte flipped or cut anywhere, is set aside, told, and done without; seed ${seed}`, async () => {
      const path = join(folder, name);
      const sound = readFileSync(path);
      for (const damaged of damagesOf(sound)) {
        writeFileSync(path, damaged);
        assert.deepEqual(await say(), { ...whole, ...lost }, damaged.toString());
        assert.ok(told.includes('DATA_CORRUPT') && told.includes(name), told);
        assert.deepEqual(readFileSync(`${path}.damaged-1`), damaged);
        assert.ok(!existsSync(path));
        rmSync(`${path}.damaged-1`);
      }
    });
  }

  for (const name of owners) {
    test(`${name}, a byte flipped or cut anywhere, is made again from the other; seed ${seed}`, async () => {
      const path = join(folder, name);
      const sound = readFileSync(path);
      for (const damaged of damagesOf(sound)) {
        writeFileSync(path, damaged);
        assert.deepEqual(await say(), whole, damaged.toString());
        assert.ok(told.includes('DATA_CORRUPT') && told.includes(name), told);
        assert.deepEqual(readFileSync(path), sound);
        rmSync(`${path}.damaged-1`);
      }
      assert.equal(readFileSync(join(folder, 'indexes', 'replica'), 'utf8'), 'kept');
    });
  }

  // Each row: what became of the two files that say whose the folder is.
  const unowned: [what: string, act: (path: string) => void][] = [
    ['both are damaged', (path) => writeFileSync(path, readFileSync(path, 'latin1').replace('the', 'thf'))],
    ['both are empty', (path) => writeFileSync(path, '')],
    ['both are missing', (path) => rmSync(path)],
  ];
  for (const [what, act] of unowned) {
    test(`${what}: the replicas are set aside, kept, and told; a second time beside the first`, async () => {
      for (const time of [1, 2]) {
        for (const name of owners) act(join(folder, name));
        assert.deepEqual(await say(), { ...whole, log: null, catalog: null });
        assert.ok(told.includes(`indexes.damaged-${time}`), told);
        assert.equal(readFileSync(join(folder, `indexes.damaged-${time}`, 'replica'), 'utf8'), 'kept');
        assert.ok(!existsSync(join(folder, 'indexes')));
        const opened = await openDataFolder(folder, 'a', pino({ level: 'silent' }));
        opened.storeLog('the-log');
        await opened.close();
        mkdirSync(join(folder, 'indexes'));
        writeFileSync(join(folder, 'indexes', 'replica'), 'kept');
      }
      assert.ok(readdirSync(folder).includes('catalog.jsonl.damaged-1'));
    });
  }

  test('a folder of another leaf is refused by name, whichever of the two files is damaged', async () => {
    for (const name of [undefined, ...owners]) {
      if (name !== undefined) writeFileSync(join(folder, name), 'damaged');
      const opening = openDataFolder(folder, 'b', pino({ level: 'silent' }));
      await assert.rejects(opening, {
        code: 'DATA_CORRUPT',
        detail: { path: folder, reason: 'the folder belongs to another leaf', owner: 'a', leaf: 'b' },
      });
      await say();
    }
  });
});
