/** How far topics are ahead of what was read of them, at the lanes of one root. Pure. */
import type { SourceDefinition } from '../../shared/catalog/definition.ts';
import type { SourceControl } from './control-sources.ts';

export interface SourceLag {
  readonly source: string;
  readonly partition: number;
  readonly lag: number;
}

export function lagsOf(
  { book, runner }: Pick<SourceControl, 'book' | 'runner'>,
  all: Iterable<SourceDefinition>,
): readonly SourceLag[] {
  return Array.from(all, (source): SourceLag[] => {
    const work = runner.workOf(source);
    const latest = work?.latest ?? null;
    if (work === undefined || latest === null) return [];
    const { lanes } = book.sources.get(source.id);
    return work.lanes.flatMap((partition) => {
      const next = lanes[partition]?.next;
      const end = latest[partition];
      return next === undefined || end === undefined
        ? []
        : [{ source: source.name, partition, lag: Math.max(0, end - next) }];
    });
  }).flat();
}
