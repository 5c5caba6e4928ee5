import type { SourcesPartial, SourcesTask } from '../../shared/protocol/tasks/sources.ts';
import { filterSource } from '../documents/source-filter.ts';
import type { TermShard } from './sets-run.ts';
import { findByOrdinal } from './term-snapshot.ts';

export interface SourcesResult {
  readonly own: Pick<SourcesPartial, 'kind' | 'found'>;
  readonly body: readonly Uint8Array[];
}

/** The documents asked for that are these shards'. Cost: decompressing a block for each, unless it was read lately. */
export function readSources({ ordinals, source: filter }: SourcesTask, shards: readonly TermShard[]): SourcesResult {
  const found: { ordinal: number; key: string; sourceBytes: number }[] = [];
  const body: Uint8Array[] = [];
  for (const ordinal of ordinals) {
    for (const { snapshot } of shards) {
      const document = findByOrdinal(snapshot, ordinal);
      if (document === null) continue;
      const source =
        filter === false ? null : filter === true ? document.source : filterSource(document.source, filter);
      found.push({ ordinal, key: document.key, sourceBytes: source?.length ?? 0 });
      if (source !== null) body.push(source);
      break;
    }
  }
  return { own: { kind: 'sources', found }, body };
}
