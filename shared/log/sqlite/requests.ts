/**
 * The requests that are remembered, in the order of time. Touches the world: the database it is given.
 *
 * A row that is not found is a request that counts twice, so a row is found in two ways: by either of two hashes of its key,
 * each of which has an index of its own. One damaged place, in the row, in an index or in the way down to it, leaves
 * another; the row's checksum then says whether the row itself is sound. Times ascend with ids, so what is forgotten is
 * chosen by sound rows, and never by a time that may be damaged.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { KeyedRequest, KnownRequest, RequestAnswer } from '../keyed-requests.ts';
import { isSoundRow, keyHashes, rowChecksum, verifyRow } from './checksum.ts';

/** Keys forgotten in one go: appends wait meanwhile, some tens of milliseconds. */
const forgottenAtOnceMax = 10_000;

interface RequestRow {
  readonly id: number;
  readonly key: string;
  readonly digest: string;
  readonly answer: string;
  readonly recordedMs: number;
  readonly checksum: unknown;
}

export class Requests {
  private readonly retentionMs: number;
  private readonly byHashes: StatementSync;
  private readonly add: StatementSync;
  private readonly forward: StatementSync;
  private readonly backward: StatementSync;
  private readonly deleteUpTo: StatementSync;

  /** @param retentionMs for which a key is remembered */
  constructor(database: DatabaseSync, retentionMs: number) {
    this.retentionMs = retentionMs;
    const columns = 'id, key, digest, answer, recorded_ms, checksum';
    const select = (rest: string): StatementSync => {
      const statement = database.prepare(rest);
      // Checksums take all 64 bits.
      statement.setReadBigInts(true);
      return statement;
    };
    this.byHashes = select(
      `SELECT ${columns} FROM requests WHERE first_hash = ? UNION ALL SELECT ${columns} FROM requests WHERE second_hash = ?`,
    );
    this.forward = select(`SELECT ${columns} FROM requests ORDER BY id`);
    this.backward = select(`SELECT ${columns} FROM requests WHERE id <= ? ORDER BY id DESC`);
    this.add = database.prepare(
      `INSERT INTO requests (key, first_hash, second_hash, digest, answer, recorded_ms, checksum)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.deleteUpTo = database.prepare('DELETE FROM requests WHERE id <= ?');
  }

  /**
   * What is remembered under a key; undefined where nothing is, or nothing that is not past its time.
   * @throws SheafError LOG_CORRUPT where a row that may be of this key is damaged
   */
  find(key: string, nowMs: number): KnownRequest | undefined {
    let found: KnownRequest | undefined;
    for (const fields of this.byHashes.all(...keyHashes(key))) {
      const row = rowOf(fields);
      verifyRow('requests', columnsOf(row), row.checksum);
      if (row.key !== key || row.recordedMs < nowMs - this.retentionMs) continue;
      found = { digest: row.digest, answer: JSON.parse(row.answer) as RequestAnswer };
    }
    return found;
  }

  remember(requests: readonly KeyedRequest[], answer: RequestAnswer, nowMs: number): void {
    if (requests.length === 0) return;
    const answerJson = JSON.stringify(answer);
    for (const { key, digest } of requests) {
      const checksum = rowChecksum('requests', [key, digest, answerJson, nowMs]);
      this.add.run(key, ...keyHashes(key), digest, answerJson, nowMs, checksum);
    }
  }

  /** When the newest was recorded, by the rows that are sound; 0 where there is none. */
  newestMs(): number {
    return this.lastSound(Number.MAX_SAFE_INTEGER)?.recordedMs ?? 0;
  }

  /** Forgets the oldest that are past their time. */
  forget(nowMs: number): void {
    const isPast = (row: RequestRow): boolean => row.recordedMs < nowMs - this.retentionMs;
    let last = this.firstSound();
    if (last === undefined || !isPast(last)) return;
    for (let low = last.id, high = low + forgottenAtOnceMax; low < high - 1;) {
      const middle = (low + high) >> 1;
      // There is one: `last` is sound.
      const row = this.lastSound(middle)!;
      if (isPast(row)) [low, last] = [middle, row];
      else high = middle;
    }
    this.deleteUpTo.run(last.id);
  }

  private firstSound(): RequestRow | undefined {
    return firstSoundOf(this.forward.iterate());
  }

  /** The newest sound one of those up to an id. */
  private lastSound(id: number): RequestRow | undefined {
    return firstSoundOf(this.backward.iterate(id));
  }
}

function firstSoundOf(rows: Iterable<Readonly<Record<string, unknown>>>): RequestRow | undefined {
  for (const fields of rows) {
    const row = rowOf(fields);
    if (isSoundRow('requests', columnsOf(row), row.checksum)) return row;
  }
  return undefined;
}

function rowOf(fields: Readonly<Record<string, unknown>>): RequestRow {
  const { id, key, digest, answer, recorded_ms: recordedMs, checksum } = fields;
  return {
    id: Number(id),
    key: key as string,
    digest: digest as string,
    answer: answer as string,
    recordedMs: Number(recordedMs),
    checksum,
  };
}

function columnsOf({ key, digest, answer, recordedMs }: RequestRow): readonly (string | number)[] {
  return [key, digest, answer, recordedMs];
}
