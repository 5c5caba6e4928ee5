/** The document of a key, as a snapshot has it. */
import type { DocumentTask } from '../../shared/protocol/tasks/document.ts';
import { atOnce, type TaskRun } from './task-run.ts';

export interface KeyedDocument {
  /** Log offset of the entry that made it. */
  readonly offset: number;
  readonly version: number;
  readonly source: Uint8Array;
}

/** @param find the source is a view of the segment, or a copy */
export function documentRun<T>(
  { key }: DocumentTask,
  [chosen]: readonly { readonly snapshot: T }[],
  find: (snapshot: T, key: string) => KeyedDocument | null,
): TaskRun {
  return atOnce(() => {
    const found = chosen === undefined ? null : find(chosen.snapshot, key);
    if (found === null) return { own: { kind: 'document', found: null }, body: [] };
    const { offset, version, source } = found;
    return { own: { kind: 'document', found: { offset, version, sequence: offset } }, body: [source] };
  });
}
