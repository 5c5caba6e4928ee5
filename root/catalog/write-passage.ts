/**
 * Whether what one request writes to an index is in the copy that takes its place, where one is made (docs/decisions/0067-a-copy-takes-the-place-of-its-index.md): what is
 * appended after the index was held may not be, and is never acknowledged.
 *
 * No root is waited for: a root looks after its append whether the index was held before that, and only where the index is being moved.
 */
import { findIndex, type IndexDefinition } from '../../shared/catalog/catalog.ts';
import { asSheafError, SheafError } from '../../shared/errors.ts';
import type { WriteResult } from '../route/write-job.ts';
import type { SchemaCatalog } from './grow-schema.ts';
import { isTaken } from './took-place.ts';

export interface PassageCatalog extends SchemaCatalog {
  /** Reads up to the present end of the log. */
  catchUp(): Promise<void>;
}

export class WritePassage {
  private readonly catalog: PassageCatalog;
  private readonly index: IndexDefinition;
  /** Whether it was seen to be moved, by this request. */
  private isMoved: boolean;

  /** @param index as it was when its name was resolved */
  constructor(catalog: PassageCatalog, index: IndexDefinition) {
    this.catalog = catalog;
    this.index = index;
    this.isMoved = index.move !== undefined;
  }

  /** Whether what is appended counts only once it is known that the index was not held before: as of the last call of `obstacle`. */
  get isMoving(): boolean {
    return this.isMoved;
  }

  /** Asked before each append: INDEX_HELD, or null. */
  obstacle(): SheafError | null {
    const { id, name, replacedAt } = this.index;
    const now = findIndex(this.catalog.state, name);
    if (now?.move !== undefined && now.id === id) this.isMoved = true;
    // Under another name by now, or without one.
    if (now?.id !== id) return this.isMoved || isTaken(this.catalog.state, id) ? this.held() : null;
    return (now.move?.heldAt ?? null) === null && now.replacedAt === replacedAt ? null : this.held();
  }

  /** What became of the request, after its last append: where the index was held before that, all of it is uncertain. */
  async through(written: WriteResult): Promise<WriteResult> {
    this.obstacle();
    if (!this.isMoved || written.accepted === 0) return written;
    const fault = await this.missed();
    if (fault === null) return written;
    const { accepted, uncertain } = written;
    return { ...written, accepted: 0, uncertain: uncertain + accepted, appended: [], judged: [], fault };
  }

  private async missed(): Promise<SheafError | null> {
    try {
      await this.catalog.catchUp();
      return this.obstacle();
    } catch (error) {
      return asSheafError(error);
    }
  }

  private held(): SheafError {
    return new SheafError('INDEX_HELD', { detail: { index: this.index.name } });
  }
}
