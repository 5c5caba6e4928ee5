import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { seal } from '../../data-folder/sealed.ts';
import { SheafError } from '../../errors.ts';
import { textBatch } from '../batch.fixture.ts';
import { createRandom } from '../../random/random.ts';
import { databasePath, openFolder } from './folder.ts';
import { identityPath } from './identity.ts';
import { LogStore } from './store.ts';
import { Trims } from './trims.ts';
import { roundsOf } from '../../../tests/stages/rounds.ts';

const retention = { idempotencyRetentionMs: 1000 };

/** Of the bytes that are damaged. */
const seed = 510_033;

suite('openFolder', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sheaf-folder-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function fill(appends = 1, bytes = 200_000): void {
    const opened = openFolder(folder);
    const { bytes: body } = textBatch('p', 'a'.repeat(bytes));
    const batches = [{ partition: 'p', count: 1, bytes: body.length }];
    const store = new LogStore(opened.database, retention);
    for (let sequence = 1; sequence <= appends; sequence++) {
      store.appendAll([{ producer: 'root', sequence, batches, body, requests: [] }], 0);
    }
    opened.close();
  }

  function change(edit: (bytes: Buffer) => Buffer): void {
    fill();
    writeFileSync(databasePath(folder), edit(readFileSync(databasePath(folder))));
  }

  function execute(sql: string): void {
    const database = new DatabaseSync(databasePath(folder));
    database.exec(sql);
    database.close();
  }

  const copyPath = (): string => identityPath(databasePath(folder));
  const writeCopy = (text: string | Uint8Array): void => writeFileSync(copyPath(), text);

  function replaced(from: string, to: string): (bytes: Buffer) => Buffer {
    return (bytes) => (bytes.write(to, bytes.indexOf(from), 'latin1'), bytes);
  }

  /** The identity that is found, and the places that were mended. */
  function identityOf(): { identity: string; mended: string[] } {
    const mended: string[] = [];
    const opened = openFolder(folder, { onMended: (place) => mended.push(place) });
    opened.close();
    return { identity: opened.identity, mended };
  }

  test('a second time at once is DATA_IN_USE, after closing it is free', () => {
    const opened = openFolder(folder);
    assert.throws(() => openFolder(folder), { code: 'DATA_IN_USE' });
    opened.close();
    openFolder(folder).close();
  });

  test('the identity stays with the file, and a new file has another', () => {
    const identities = [1, 2, 3].map((time) => {
      if (time === 3) rmSync(databasePath(folder));
      const opened = openFolder(folder);
      opened.close();
      return opened.identity;
    });
    assert.equal(identities[0], identities[1]);
    assert.notEqual(identities[0], identities[2]);
  });

  // Each row: what became of the two places that say which log it is, and which is told and written again.
  const identities: [what: string, damage: () => void, mended: () => string[]][] = [
    ['nothing', () => undefined, () => []],
    [
      'a damaged row',
      () => execute("UPDATE identity SET identity = 'other'"),
      () => [`${databasePath(folder)}, table identity`],
    ],
    ['no row', () => execute('DELETE FROM identity'), () => [`${databasePath(folder)}, table identity`]],
    [
      'two rows',
      () => execute("INSERT INTO identity VALUES ('other', 0)"),
      () => [`${databasePath(folder)}, table identity`],
    ],
    ['no file', () => rmSync(copyPath()), () => [copyPath()]],
    ['an empty file', () => writeCopy(''), () => [copyPath()]],
    ['the file of another log', () => writeCopy(seal('another')), () => [copyPath()]],
  ];
  for (const [what, damage, mended] of identities) {
    test(`identity: ${what}: it is the same, and what was mended is told once`, () => {
      fill();
      const { identity } = identityOf();
      damage();
      assert.deepEqual(identityOf(), { identity, mended: mended() });
      assert.deepEqual(identityOf(), { identity, mended: [] });
    });
  }

  test(`identity: any byte of its file flipped, and any length of it, is told and mended; seed ${seed}`, () => {
    const random = createRandom(seed);
    const { identity } = identityOf();
    const sound = readFileSync(copyPath());
    for (let at = 0; at < sound.length; at++) {
      if (!random.chance(roundsOf(1))) continue;
      const flipped = Buffer.from(sound);
      flipped[at]! ^= 1 << (at % 8);
      for (const damaged of [flipped, sound.subarray(0, at)]) {
        writeCopy(damaged);
        assert.deepEqual(identityOf(), { identity, mended: [copyPath()] }, damaged.toString());
        assert.deepEqual(readFileSync(copyPath()), sound);
      }
    }
  });

  test(`any byte of the database flipped: it opens with all it had, or is refused by name; seed ${seed}`, () => {
    const random = createRandom(seed);
    fill(2, 20);
    const { identity } = identityOf();
    const sound = readFileSync(databasePath(folder));
    // The head decides what the file is. Of the rest, those bytes that say something and a sample of the others.
    const places = [...sound.keys()].filter(
      (at) => at < 200 || random.chance(roundsOf(sound[at] === 0 ? 0.005 : 0.15)),
    );
    for (const at of places) {
      const flipped = Buffer.from(sound);
      flipped[at]! ^= 1 << random.integer(0, 7);
      writeFileSync(databasePath(folder), flipped);
      let opened;
      try {
        opened = openFolder(folder);
        const store = new LogStore(opened.database, retention);
        assert.deepEqual([opened.identity, store.heads()], [identity, [['p', 1]]], `byte ${at}`);
      } catch (error) {
        if (!(error instanceof SheafError)) throw new Error(`byte ${at}`, { cause: error });
        assert.ok(['DATA_CORRUPT', 'DATA_VERSION_UNKNOWN'].includes(error.code), `byte ${at}: ${error.toLine()}`);
      } finally {
        opened?.close();
      }
      for (const name of readdirSync(folder)) if (name !== 'identity.json') rmSync(join(folder, name));
    }
  });

  test('damage to a batch is told with its place', () => {
    fill(2);
    execute("UPDATE batches SET bytes = CAST('b' AS BLOB) WHERE first_offset = 1");
    assert.throws(
      () => openFolder(folder),
      ({ code, detail }: SheafError) => {
        assert.deepEqual(
          [code, detail],
          [
            'DATA_CORRUPT',
            { path: databasePath(folder), partition: 'p', firstOffset: 1, lastOffset: 1, reason: 'checksum' },
          ],
        );
        return true;
      },
    );
  });

  test('a folder that is missing is made, with its parents', () => {
    openFolder(join(folder, 'a', 'b')).close();
  });

  test('a folder that cannot be made is DATA_NOT_WRITABLE', () => {
    writeFileSync(join(folder, 'file'), '');
    for (const path of [join(folder, 'file'), join(folder, 'file', 'below')]) {
      assert.throws(() => openFolder(path), { code: 'DATA_NOT_WRITABLE' }, path);
    }
  });

  test('a file of another version is not damaged: it is DATA_VERSION_UNKNOWN, and left as it is', () => {
    fill();
    execute('PRAGMA user_version = 99');
    const before = readFileSync(databasePath(folder));
    assert.throws(() => openFolder(folder), { code: 'DATA_VERSION_UNKNOWN' });
    assert.deepEqual(readFileSync(databasePath(folder)), before);
  });

  // Each row: what happened to the file.
  const damages: [what: string, damage: () => void][] = [
    ['no database', () => writeFileSync(databasePath(folder), 'this is not a database. '.repeat(100))],
    ['another application', () => execute('CREATE TABLE users (name TEXT)')],
    [
      'both identities damaged',
      () => (fill(), execute("UPDATE identity SET identity = 'other'"), writeCopy('damaged')),
    ],
    ['no identity anywhere', () => (fill(), execute('DELETE FROM identity'), rmSync(copyPath()))],
    ['a renamed column', () => change(replaced('first_offset', 'first_offseu'))],
    ['a damaged head', () => (fill(), execute('UPDATE partitions SET checksum = 0'))],
    ['a damaged skip', () => (fill(), execute('INSERT INTO skips VALUES (1, 0, 0)'))],
    ['a damaged trim', () => (fill(3), execute('INSERT INTO trims VALUES (1, 2, 0)'))],
    [
      'a batch after a trim that is gone',
      () => {
        fill(3);
        const opened = openFolder(folder);
        new Trims(opened.database).trim('p', 1);
        opened.close();
        execute('DELETE FROM batches WHERE first_offset = 1');
      },
    ],
    ['cut short', () => change((bytes) => bytes.subarray(0, bytes.length - 8192))],
    [
      'a byte inside a batch',
      () =>
        change((bytes) =>
          bytes.fill('b', bytes.indexOf('a'.repeat(1000)) + 500, bytes.indexOf('a'.repeat(1000)) + 501),
        ),
    ],
    ['a batch that is gone', () => (fill(), execute('DELETE FROM batches'))],
    ['a batch amid others that is gone', () => (fill(3), execute('DELETE FROM batches WHERE first_offset = 1'))],
    ['a page of zeros', () => change((bytes) => bytes.fill(0, 4096, 8192))],
  ];
  for (const [what, damage] of damages) {
    test(`${what} is DATA_CORRUPT, and the folder is free again`, () => {
      damage();
      assert.throws(
        () => openFolder(folder),
        ({ code, detail }: SheafError) => {
          assert.deepEqual([code, detail['path']], ['DATA_CORRUPT', databasePath(folder)]);
          return true;
        },
      );
      rmSync(databasePath(folder));
      openFolder(folder).close();
    });
  }
});
