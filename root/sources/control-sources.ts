/** What callers do with sources beside defining them: pause, resume, replay dead letters, look. */
import type { SourceDefinition } from '../../shared/catalog/definition.ts';
import { SheafError } from '../../shared/errors.ts';
import type { Leases } from '../../shared/lease/leases.ts';
import { replayLane, type SourceWanted } from '../../shared/sources/source-entry.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';
import { findSource } from './define-source.ts';
import { isTruncated } from './lane-worker.ts';
import { showSource, type ShownSource } from './show-source.ts';
import type { SourceBook } from './source-book.ts';
import type { SourceRunner } from './source-runner.ts';

export interface SourceControl {
  readonly book: SourceBook;
  readonly catalog: Pick<CatalogCopy, 'append' | 'catchUp' | 'state' | 'find'>;
  readonly leases: Pick<Leases, 'all'>;
  readonly runner: Pick<SourceRunner, 'workOf'>;
}

/** @throws SheafError LOG_UNAVAILABLE, PARTITION_STOPPED */
export async function showSources(root: SourceControl): Promise<ShownSource[]> {
  await root.catalog.catchUp();
  await root.book.catchUp();
  const all = [...root.catalog.state.sources.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return all.map((source) => show(root, source));
}

/** @throws SheafError SOURCE_NOT_FOUND, LOG_UNAVAILABLE, PARTITION_STOPPED */
export async function showOne(root: SourceControl, name: string): Promise<ShownSource> {
  const source = await findSource(root.catalog, name);
  await root.book.catchUp();
  return show(root, source);
}

/**
 * Said again it changes nothing, but that `run` has lanes go on whose topic was truncated.
 * @throws SheafError SOURCE_NOT_FOUND, LOG_UNAVAILABLE, LOG_FULL, PARTITION_STOPPED
 */
export async function controlSource(root: SourceControl, name: string, wanted: SourceWanted): Promise<ShownSource> {
  const source = await findSource(root.catalog, name);
  await root.book.catchUp();
  const { id } = source;
  const { wanted: before, lanes, replay } = root.book.sources.get(id);
  for (const [lane, state] of [...lanes.entries(), [replayLane, replay] as const]) {
    if (wanted === 'run' && isTruncated(state))
      await root.book.append({ entry: 'stand', source: id, lane, error: null });
  }
  if (before !== wanted) await root.book.append({ entry: 'control', source: id, wanted });
  return show(root, source);
}

/**
 * Has the dead letters of now written again, each once, by the schema and the rules of now; what is no document still is a dead letter again.
 * @throws SheafError SOURCE_NOT_FOUND, SOURCE_UNREACHABLE, LOG_UNAVAILABLE, LOG_FULL, PARTITION_STOPPED
 */
export async function replaySource(root: SourceControl, name: string): Promise<ShownSource> {
  const source = await findSource(root.catalog, name);
  const work = root.runner.workOf(source);
  if (work === undefined) {
    throw new SheafError('SOURCE_UNREACHABLE', { detail: { reason: 'this root has not looked at the source yet' } });
  }
  const end = await work.endOfDeadLetters(source.deadLetters);
  await root.book.catchUp();
  if (end !== null) {
    await root.book.append({ entry: 'replay', source: source.id, topicId: end.topicId, until: end.end });
  }
  return show(root, source);
}

function show({ book, leases, runner }: SourceControl, source: SourceDefinition): ShownSource {
  const latest = runner.workOf(source)?.latest ?? null;
  return showSource(source, { state: book.sources.get(source.id), latest, leases: leases.all() ?? [] });
}
