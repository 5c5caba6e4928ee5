/** Setting and deleting sources: one entry of the catalog each, answered after it was read back. */
import { sourcesKey, type SourceDefinition, type SourceSpec } from '../../shared/catalog/definition.ts';
import { setSource, type SourceFault } from '../../shared/catalog/sources.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import type { AliasCatalog } from '../catalog/set-aliases.ts';

/** Tries before giving up against other roots that change sources at the same time. */
const attemptsMax = 10;

/**
 * Resolves once the source is what it says, on every root that has read as far.
 * @throws SheafError SOURCE_OF_OTHER_TOPIC, SOURCES_TOO_MANY, INDEX_NOT_READY where others keep changing, LOG_UNAVAILABLE, LOG_FULL,
 *   PARTITION_STOPPED
 */
export async function putSource(
  catalog: AliasCatalog,
  source: SourceSpec,
): Promise<{ readonly source: SourceDefinition; readonly isNew: boolean }> {
  await catalog.catchUp();
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const { sources, offset: seen } = catalog.state;
    const changed = setSource(sources, source, seen + 1);
    if ('fault' in changed) throw errorOf(source, changed.fault);
    const before = sources.get(source.name);
    if (before !== undefined && isSame(before, source)) return { source: before, isNew: false };
    const offset = await catalog.append(sourcesKey, { change: 'setSource', source });
    const now = catalog.state.sources.get(source.name);
    if (catalog.state.applied.includes(offset) && now !== undefined)
      return { source: now, isNew: before === undefined };
    // Another came first, against which this one stands now.
  }
  throw new SheafError('INDEX_NOT_READY', { detail: { reason: 'others keep changing the sources' } });
}

/** What is in the index stays. @throws SheafError SOURCE_NOT_FOUND, LOG_UNAVAILABLE, LOG_FULL, PARTITION_STOPPED */
export async function deleteSource(catalog: AliasCatalog, name: string): Promise<void> {
  await findSource(catalog, name);
  await catalog.append(sourcesKey, { change: 'deleteSource', source: name });
}

/** @throws SheafError SOURCE_NOT_FOUND, LOG_UNAVAILABLE, PARTITION_STOPPED */
export async function findSource(catalog: AliasCatalog, name: string): Promise<SourceDefinition> {
  await catalog.catchUp();
  const source = catalog.state.sources.get(name);
  if (source === undefined) throw new SheafError('SOURCE_NOT_FOUND', { detail: { source: name } });
  return source;
}

function isSame({ id: _id, ...before }: SourceDefinition, source: SourceSpec): boolean {
  return JSON.stringify(before) === JSON.stringify(source);
}

function errorOf({ name, topic }: SourceSpec, fault: SourceFault): SheafError {
  switch (fault.kind) {
    case 'otherTopic':
      return new SheafError('SOURCE_OF_OTHER_TOPIC', { detail: { source: name, topic: fault.topic, asked: topic } });
    case 'tooMany':
      return new SheafError('SOURCES_TOO_MANY', { detail: { limit: limits.sourcesMax, actual: fault.actual } });
  }
}
