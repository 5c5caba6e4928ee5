/** A database whose disk refuses deletions, for tests: what SQLite deletes is written to the write-ahead log before, which needs room. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/** As node:sqlite throws it. @param errcode of https://sqlite.org/rescode.html */
function sqliteError(errcode: number): Error {
  return Object.assign(new Error(`a fault of SQLite, ${errcode}`), { code: 'ERR_SQLITE_ERROR', errcode });
}

/** What a deletion ends with: the database's own answer while `errcode` is null. */
export interface DeletionFault {
  errcode: number | null;
}

export function withDeletionFault(database: DatabaseSync, fault: DeletionFault): DatabaseSync {
  return overridden(database, {
    prepare: (sql: string): StatementSync => {
      const statement = database.prepare(sql);
      if (!sql.startsWith('DELETE')) return statement;
      return overridden(statement, {
        run: (...values: SQLInputValue[]) => {
          if (fault.errcode !== null) throw sqliteError(fault.errcode);
          return statement.run(...values);
        },
      });
    },
  });
}

function overridden<T extends object>(original: T, own: Readonly<Partial<Record<keyof T, unknown>>>): T {
  return new Proxy(original, {
    get: (target, name) => {
      const value: unknown = Reflect.get(name in own ? own : target, name, target);
      return typeof value === 'function' && !(name in own) ? (value.bind(target) as unknown) : value;
    },
  });
}
