/**
 * A store whose small answers are waited for only so long: a file system that stands still, or a service behind a network that drops
 * everything, says nothing for minutes or for ever. Touches the world through the store it is given, and timers.
 *
 * As long as something that was asked is not answered nothing more is asked: each call to a file system that stands still holds one of the
 * few threads that a process has for files. What was asked may still happen, which is what STORAGE_UNAVAILABLE says.
 */
import { SheafError } from '../errors.ts';
import type { FileContent, ObjectStore, StoredVersion, TransferOptions, Unfinished } from './object-store.ts';

export class PatientStore implements ObjectStore {
  readonly place: string;
  private readonly store: ObjectStore;
  private readonly waitMs: number;
  /** How many calls are past their time and not answered yet. */
  private late = 0;

  /** @param waitMs for an answer to `read` and `swap`; transfers take as long as they take */
  constructor(store: ObjectStore, waitMs: number) {
    this.place = store.place;
    this.store = store;
    this.waitMs = waitMs;
  }

  async read(key: string): Promise<StoredVersion | null> {
    return await this.inTime(() => this.store.read(key));
  }

  async swap(key: string, bytes: Uint8Array, expected: string | null): Promise<string> {
    return await this.inTime(() => this.store.swap(key, bytes, expected));
  }

  async putFile(key: string, path: string, content: FileContent, options: TransferOptions): Promise<void> {
    this.refuseWhileLate();
    await this.store.putFile(key, path, content, options);
  }

  async getFile(key: string, path: string, content: FileContent, options: TransferOptions): Promise<void> {
    this.refuseWhileLate();
    await this.store.getFile(key, path, content, options);
  }

  async *list(prefix: string): AsyncIterable<string> {
    this.refuseWhileLate();
    yield* this.store.list(prefix);
  }

  async remove(keys: readonly string[]): Promise<void> {
    this.refuseWhileLate();
    await this.store.remove(keys);
  }

  async unfinished(): Promise<readonly Unfinished[]> {
    this.refuseWhileLate();
    return await this.store.unfinished();
  }

  async removeUnfinished(names: readonly string[]): Promise<void> {
    this.refuseWhileLate();
    await this.store.removeUnfinished(names);
  }

  private async inTime<T>(ask: () => Promise<T>): Promise<T> {
    this.refuseWhileLate();
    const { promise: over, reject } = Promise.withResolvers<never>();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.late++;
      reject(this.noAnswer());
    }, this.waitMs);
    const asked = ask().finally(() => {
      clearTimeout(timer);
      if (isLate) this.late--;
    });
    // What fails after its time was told already.
    asked.catch(() => undefined);
    return await Promise.race([asked, over]);
  }

  private refuseWhileLate(): void {
    if (this.late > 0) throw this.noAnswer();
  }

  private noAnswer(): SheafError {
    const detail = { place: this.place, reason: `no answer for ${this.waitMs} ms` };
    return new SheafError('STORAGE_UNAVAILABLE', { detail });
  }
}
