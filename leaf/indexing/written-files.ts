/** Which files of a replica are on disk, so that none is written twice. */
import type { KeyHistory } from '../keys/key-history.ts';
import type { ManifestHistory } from './manifest.ts';

interface Numbered {
  readonly id: number;
}

/** What a folder held. */
interface Found {
  readonly segments: readonly Numbered[];
  readonly history: KeyHistory;
  readonly historyFile: ManifestHistory | null;
}

export class WrittenFiles {
  private readonly segments: Set<number>;
  private history: { readonly file: ManifestHistory; readonly revision: number } | null = null;

  /** @param found what the folder held, null when nothing */
  constructor(found: Found | null) {
    this.segments = new Set(found?.segments.map(({ id }) => id));
    if (found?.historyFile) this.addHistory(found.historyFile, found.history);
  }

  /** Of the files there are; 0 where there is none. */
  get greatestId(): number {
    return Math.max(0, this.history?.file.id ?? 0, ...this.segments);
  }

  get segmentIds(): number[] {
    return [...this.segments];
  }

  /** Null where nothing is remembered. */
  get historyFile(): ManifestHistory | null {
    return this.history?.file ?? null;
  }

  hasSegment(id: number): boolean {
    return this.segments.has(id);
  }

  addSegment(id: number): void {
    this.segments.add(id);
  }

  /** The others are not on disk any more. */
  keepSegments(kept: readonly Numbered[]): void {
    const ids = new Set(kept.map(({ id }) => id));
    for (const id of this.segments) if (!ids.has(id)) this.segments.delete(id);
  }

  /** The file that says what the history is now; null where it has changed since it was written. */
  historyOf({ revision }: KeyHistory): ManifestHistory | null {
    return this.history?.revision === revision ? this.history.file : null;
  }

  dropHistory(): void {
    this.history = null;
  }

  addHistory(file: ManifestHistory, { revision }: KeyHistory): void {
    this.history = { file, revision };
  }
}
