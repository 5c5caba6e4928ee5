/**
 * The requests that are remembered, in the order of time. Touches the world: the database it is given.
 *
 * A row that is not found is a request that counts twice, so an absence is proved. Each entry of the index is a key and its
 * seal, a hash of it. An entry whose key was damaged stands where it stood: to who looks for the key it is one of the two
 * neighbours, and it has the seal of what is looked for. What is wrong with the index otherwise, and with rows, is found at
 * the start (mend-requests.ts); a row whose key was damaged is known by its seal.
 *
 * Times ascend with ids, so what is forgotten is chosen by sound rows, and never by a time that may be damaged.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SheafError } from '../../errors.ts';
import type { KeyedRequest, KnownRequest, RequestAnswer } from '../keyed-requests.ts';
import { isSoundRow, rowChecksum, sealOfKey, verifyRow } from './checksum.ts';
import { columnsOf, rowOf, type RequestRow } from './request-row.ts';

/** Keys forgotten in one go: appends wait meanwhile, some tens of milliseconds. */
const forgottenAtOnceMax = 10_000;

export class Requests {
  private readonly retentionMs: number;
  private readonly lost: ReadonlySet<bigint>;
  private readonly byKey: StatementSync;
  private readonly neighbours: StatementSync;
  private readonly add: StatementSync;
  private readonly forward: StatementSync;
  private readonly backward: StatementSync;
  private readonly deleteUpTo: StatementSync;

  /**
   * @param retentionMs for which a key is remembered
   * @param lost see mendRequests
   */
  constructor(database: DatabaseSync, retentionMs: number, lost: ReadonlySet<bigint>) {
    this.retentionMs = retentionMs;
    this.lost = lost;
    const columns = 'id, key, seal, digest, answer, recorded_ms, checksum';
    const select = (rest: string): StatementSync => {
      const statement = database.prepare(rest);
      // Checksums take all 64 bits.
      statement.setReadBigInts(true);
      return statement;
    };
    this.byKey = select(`SELECT ${columns} FROM requests WHERE key = ?`);
    this.neighbours = select(
      `SELECT * FROM (SELECT seal FROM requests WHERE key < ?1 ORDER BY key DESC LIMIT 1) UNION ALL
       SELECT * FROM (SELECT seal FROM requests WHERE key > ?1 ORDER BY key LIMIT 1)`,
    );
    this.forward = select(`SELECT ${columns} FROM requests ORDER BY id`);
    this.backward = select(`SELECT ${columns} FROM requests WHERE id <= ? ORDER BY id DESC`);
    this.add = database.prepare(
      `INSERT INTO requests (key, seal, digest, answer, recorded_ms, checksum)
       VALUES (?, ?, ?, ?, ?, ?)`,
    );
    this.deleteUpTo = database.prepare('DELETE FROM requests WHERE id <= ?');
  }

  /**
   * What is remembered under a key; undefined where nothing is, or nothing that is not past its time.
   * @throws SheafError LOG_CORRUPT where a row that may be of this key is damaged
   */
  find(key: string, nowMs: number): KnownRequest | undefined {
    for (const fields of this.byKey.all(key)) {
      const row = rowOf(fields);
      verifyRow('requests', columnsOf(row), row.checksum);
      if (row.recordedMs < nowMs - this.retentionMs) continue;
      return { digest: row.digest, answer: JSON.parse(row.answer) as RequestAnswer };
    }
    this.proveAbsence(key);
    return undefined;
  }

  private proveAbsence(key: string): void {
    const seal = sealOfKey(key);
    const isHidden = this.neighbours.all(key).some((neighbour) => neighbour['seal'] === seal);
    if (!isHidden && !this.lost.has(seal)) return;
    throw new SheafError('LOG_CORRUPT', {
      detail: { table: 'requests', key, reason: 'the key of its row is damaged' },
    });
  }

  remember(requests: readonly KeyedRequest[], answer: RequestAnswer, nowMs: number): void {
    if (requests.length === 0) return;
    const answerJson = JSON.stringify(answer);
    for (const { key, digest } of requests) {
      const checksum = rowChecksum('requests', [key, digest, answerJson, nowMs]);
      this.add.run(key, sealOfKey(key), digest, answerJson, nowMs, checksum);
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
