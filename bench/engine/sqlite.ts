/** SQLite's FTS5 on a file of its own, without the texts. Touches the world: a temporary folder. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import type { Contestant, RankedHit } from './contestant.ts';
import type { EngineQuery } from './queries.ts';

export class SqliteFts implements Contestant {
  readonly name = 'SQLite FTS5';
  private readonly folder = mkdtempSync(join(tmpdir(), 'sheaf-bench-'));
  private readonly path = join(this.folder, 'fts.db');
  private readonly database = new DatabaseSync(this.path);
  private select: StatementSync | null = null;

  build(texts: readonly string[]): void {
    const { database } = this;
    database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000');
    database.exec(`CREATE VIRTUAL TABLE texts USING fts5 (body, content = '', tokenize = 'unicode61')`);
    const insert = database.prepare('INSERT INTO texts (rowid, body) VALUES (?, ?)');
    database.exec('BEGIN');
    texts.forEach((text, at) => insert.run(at, text));
    database.exec('COMMIT');
    database.exec(`INSERT INTO texts (texts) VALUES ('optimize')`);
    this.select = database.prepare('SELECT rowid, rank FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?');
  }

  search(query: EngineQuery, k: number): RankedHit[] {
    const rows = this.select!.all(matchExpression(query), k);
    return rows.map((row) => ({ document: Number(row['rowid']), score: -Number(row['rank']) }));
  }

  indexBytes(): number {
    return statSync(this.path).size;
  }

  close(): void {
    this.database.close();
    rmSync(this.folder, { recursive: true });
  }
}

function matchExpression({ kind, terms }: EngineQuery): string {
  if (kind === 'phrase') return `"${terms.join(' ')}"`;
  return terms.map((term) => `"${term}"`).join(kind === 'and' ? ' AND ' : ' OR ');
}
