import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../../errors.ts';
import { openingFault, runningFault } from './faults.ts';

/** As node:sqlite throws it. Source of the codes: https://sqlite.org/rescode.html */
const ofSqlite = (errcode: number): Error => Object.assign(new Error('told by SQLite'), { errcode });
const ofSystem = (code: string): Error => Object.assign(new Error('told by the system'), { syscall: 'open', code });
const itself = 'itself';

// Each row: what was thrown, what it is while a log is opened, and on an open log.
const rows: [name: string, error: unknown, opening: string, running: string][] = [
  ['SQLITE_ERROR: the file is not what the statements want', ofSqlite(1), 'DATA_CORRUPT', itself],
  ['SQLITE_BUSY', ofSqlite(5), 'DATA_IN_USE', itself],
  ['SQLITE_BUSY_RECOVERY', ofSqlite(5 | (1 << 8)), 'DATA_IN_USE', itself],
  ['SQLITE_READONLY', ofSqlite(8), 'DATA_NOT_WRITABLE', itself],
  ['SQLITE_READONLY_DIRECTORY', ofSqlite(8 | (6 << 8)), 'DATA_NOT_WRITABLE', itself],
  ['SQLITE_CORRUPT', ofSqlite(11), 'DATA_CORRUPT', 'LOG_CORRUPT'],
  ['SQLITE_CORRUPT_INDEX', ofSqlite(11 | (3 << 8)), 'DATA_CORRUPT', 'LOG_CORRUPT'],
  ['SQLITE_FULL', ofSqlite(13), 'LOG_FULL', 'LOG_FULL'],
  ['SQLITE_CANTOPEN', ofSqlite(14), 'DATA_NOT_WRITABLE', itself],
  ['SQLITE_CONSTRAINT_UNIQUE', ofSqlite(19 | (8 << 8)), 'DATA_CORRUPT', itself],
  ['SQLITE_NOTADB', ofSqlite(26), 'DATA_CORRUPT', 'LOG_CORRUPT'],
  ['SQLITE_IOERR_SHMSIZE: a full disk, as a reader sees it', ofSqlite(10 | (19 << 8)), itself, 'LOG_FULL'],
  ['SQLITE_IOERR_FSYNC: what is stored is not known', ofSqlite(10 | (4 << 8)), itself, itself],
  ['ENOSPC', ofSystem('ENOSPC'), 'LOG_FULL', itself],
  ['EDQUOT', ofSystem('EDQUOT'), 'LOG_FULL', itself],
  ['EACCES', ofSystem('EACCES'), 'DATA_NOT_WRITABLE', itself],
  ['an error of the table', new SheafError('LOG_REPLACED'), itself, itself],
  ['a fault of the programme', new TypeError('oops'), itself, itself],
  ['what is no error', 'text', itself, itself],
];
for (const [name, error, opening, running] of rows) {
  test(`faults of SQLite: ${name}`, () => {
    const shown = (fault: unknown): string => {
      if (fault === error) return itself;
      assert.ok(fault instanceof SheafError);
      assert.equal(fault.cause, error);
      assert.match(String(fault.detail['reason']), /^told by /);
      return fault.code;
    };
    assert.deepEqual([shown(openingFault(error, '/data')), shown(runningFault(error))], [opening, running]);
  });
}

test('faults of SQLite: what cannot be opened is named', () => {
  const fault = openingFault(ofSqlite(5), '/data/log.sqlite');
  assert.ok(fault instanceof SheafError);
  assert.equal(fault.detail['path'], '/data/log.sqlite');
});
