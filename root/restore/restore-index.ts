/** Restores indexes from object storage: one entry of the catalog each; leaves fetch what it says. Touches the world: the stores, the log. */
import pLimit from 'p-limit';
import { createUnder } from '../../shared/catalog/create-under.ts';
import { findIndex, type IndexDefinition } from '../../shared/catalog/catalog.ts';
import { isMadeAt } from '../../shared/catalog/index-id.ts';
import { asSheafError, SheafError, type ErrorCode } from '../../shared/errors.ts';
import { documentsOfShards } from '../../shared/snapshots/count-documents.ts';
import { indexKinds } from '../../shared/index-kinds/index-kinds.ts';
import { checkIndexName } from '../../shared/schema/index-name.ts';
import type { ProvedPlace } from '../../shared/snapshots/proved-place.ts';
import { readRestoreSource, type RestoreSource } from '../../shared/snapshots/restore-source.ts';
import type { ShardManifest, ShardPlace } from '../../shared/snapshots/shard-manifest.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { aliasFaultError } from '../catalog/alias-fault.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';
import { putTemplate } from '../catalog/set-templates.ts';
import { planRestore } from './plan-restore.ts';

export interface OwnStorage {
  readonly store: ObjectStore;
  /** The same place. */
  readonly place: Pick<ProvedPlace, 'confirm'>;
}

export interface RestoreWorld {
  readonly catalog: CatalogCopy;
  /** Of this cluster; null where it has none. */
  readonly own: OwnStorage | null;
  /** Of another cluster, of one that is lost, or where this one stored before; null where nobody named it. */
  readonly other: ObjectStore | null;
  /** Milliseconds since 1970. */
  readonly userTime: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

export interface RestoreAsk {
  /** Name of the index, as the place has it. */
  readonly index: string;
  /** The name it gets; its own where left out. */
  readonly as?: string | undefined;
  /** Name of a snapshot that is kept; what was stored last where left out. */
  readonly at?: string | undefined;
  /** Whether it comes into the aliases that it was in. */
  readonly aliases: boolean;
  /** Shards that come back empty, whatever is there of them; none where left out. */
  readonly without?: readonly number[] | undefined;
}

/** Why a shard cannot be restored. */
export interface ShardFault {
  readonly shard: number;
  readonly error: SheafError;
}

/** An index, and up to where each of its shards is stored. */
export interface StoredIndex {
  readonly index: IndexDefinition;
  /** By shard; −1 where nothing of it is stored, or what is cannot be read. */
  readonly offsets: readonly number[];
  /** Of shards that must have had something, and cannot be restored; in their order. */
  readonly faults: readonly ShardFault[];
  readonly bytes: number;
  readonly documents: number;
  /** When the last of its shards was stored, in milliseconds since 1970 by the clocks of leaves; null where nothing of it is stored. */
  readonly storedAtMs: number | null;
}

export interface RestoredIndexAnswer extends StoredIndex {
  readonly source: RestoreSource;
  /** As it is now. */
  readonly made: IndexDefinition;
  readonly aliases: readonly string[];
}

const readsAtOnce = 8;
const indexesNamed = 10;

/**
 * Resolves when the index is in the catalog; its shards come afterwards.
 * @throws SheafError RESTORE_NOT_FOUND, SNAPSHOT_NOT_FOUND, RESTORE_NEEDS_SNAPSHOT, RESTORE_INCOMPLETE, RESTORE_SHARD_UNKNOWN, SNAPSHOTS_NOT_KEPT, INDEX_NAME_INVALID, NAME_TAKEN, INDEX_FULL,
 *   ALIAS_TWO_WRITE_INDEXES, ALIASES_TOO_MANY, STORAGE_…, DATA_VERSION_UNKNOWN, LOG_UNAVAILABLE, LOG_FULL
 */
export async function restoreIndex(world: RestoreWorld, ask: RestoreAsk): Promise<RestoredIndexAnswer> {
  const { catalog, userTime, random } = world;
  const name = ask.as ?? ask.index;
  checkIndexName(name, '/as');
  const source = await sourceOf(world, ask.at);
  const index = findIndex(source.catalog, ask.index);
  if (index === undefined) throw notFound(source, ask.index);
  const { without = [] } = ask;
  const beyond = without.find((shard) => shard >= index.shards);
  if (beyond !== undefined) {
    throw new SheafError('RESTORE_SHARD_UNKNOWN', {
      detail: { index: index.name, shard: beyond, shards: index.shards },
    });
  }
  const stored = await readStored(source, index, without);
  if (stored.faults.length > 0) throw refusal(source, stored, stored.faults);
  const { log, snapshot } = source;
  const found = { index, log, snapshot, offsets: stored.offsets, aliases: source.catalog.aliases };
  const change = planRestore(found, ask.aliases && name === ask.index, { atMs: userTime(), random: random() });
  await catalog.catchUp();
  const tried = createUnder(catalog.state, { id: '', name }, change);
  if ('fault' in tried) throw aliasFaultError(tried.fault);
  const offset = await catalog.append(name, change);
  const made = findIndex(catalog.state, name);
  // Another entry came first.
  if (made === undefined || !isMadeAt(made.id, offset)) throw new SheafError('NAME_TAKEN', { detail: { index: name } });
  return { ...stored, source, made, aliases: change.aliases.map(({ alias }) => alias) };
}

/**
 * Puts a template as the place has it.
 * @throws SheafError RESTORE_NOT_FOUND; as restoreIndex and putTemplate
 */
export async function restoreTemplate(world: RestoreWorld, name: string, at: string | undefined): Promise<void> {
  const source = await sourceOf(world, at);
  const template = source.catalog.templates.get(name);
  if (template === undefined) throw notFound(source, name);
  await putTemplate(world.catalog, template);
}

export interface Restorable {
  readonly source: RestoreSource;
  /** By name. */
  readonly indexes: readonly StoredIndex[];
  readonly templates: readonly string[];
}

/** Cost: a read of the store for each shard. What cannot be read of one hides no other. @throws SheafError as restoreIndex */
export async function listRestorable(world: RestoreWorld, at: string | undefined): Promise<Restorable> {
  const source = await readFrom(world, at);
  const indexes: StoredIndex[] = [];
  for (const name of [...source.catalog.indexes.keys()].sort()) {
    indexes.push(await readStored(source, findIndex(source.catalog, name)!));
  }
  return { source, indexes, templates: [...source.catalog.templates.keys()].sort() };
}

/**
 * The documents whose offsets lie in between are in some shards only, where all shards read one partition: null where there are none.
 */
export function unevenOf({ index, offsets }: StoredIndex): { readonly after: number; readonly upTo: number } | null {
  if (indexKinds[index.kind].keysHaveShards) return null;
  const [after, upTo] = [Math.min(...offsets), Math.max(...offsets)];
  return after === upTo ? null : { after, upTo };
}

/** @throws SheafError as readRestoreSource and checkClaim, SNAPSHOTS_NOT_KEPT, RESTORE_NEEDS_SNAPSHOT */
async function sourceOf(world: RestoreWorld, at: string | undefined): Promise<RestoreSource> {
  const source = await readFrom(world, at);
  if (source.snapshot === null && isOwnPlace(world)) {
    throw new SheafError('RESTORE_NEEDS_SNAPSHOT', { detail: { place: source.place } });
  }
  return source;
}

/** What is at this cluster's own place is its own only as long as nobody else has claimed that. */
async function readFrom(world: RestoreWorld, at: string | undefined): Promise<RestoreSource> {
  const { own, other } = world;
  if (!isOwnPlace(world)) return await readRestoreSource(other!, at);
  if (own === null) throw new SheafError('SNAPSHOTS_NOT_KEPT');
  await own.place.confirm();
  const source = await readRestoreSource(own.store, at);
  await own.place.confirm();
  return source;
}

function isOwnPlace({ own, other }: RestoreWorld): boolean {
  return other === null || other.place === own?.store.place;
}

/** Faults of what is stored of one shard; any other is of the store. */
const faultsOfShards: ReadonlySet<ErrorCode> = new Set([
  'STORAGE_CORRUPT',
  'STORAGE_MISSING',
  'STORAGE_FOREIGN',
  'DATA_VERSION_UNKNOWN',
]);

/** @param without shards of which nothing is to come back, whatever is there */
async function readStored(
  source: RestoreSource,
  index: IndexDefinition,
  without: readonly number[] = [],
): Promise<StoredIndex> {
  const limit = pLimit(readsAtOnce);
  const places = Array.from({ length: index.shards }, (_, shard) => ({ indexId: index.id, shard }));
  const isLeftOut = ({ shard }: ShardPlace): boolean => without.includes(shard);
  const read = await Promise.all(
    places.map((place) => limit(async () => (isLeftOut(place) ? null : await readShard(source, place)))),
  );
  const manifests = read.map((found) => (found instanceof SheafError ? null : found));
  const files = manifests.flatMap((manifest) => manifest?.files ?? []);
  const times = manifests.flatMap((manifest) => (manifest === null ? [] : [manifest.storedAtMs]));
  const offsets = manifests.map((manifest) => manifest?.offset ?? -1);
  const lacking = await Promise.all(
    places.map((place, shard) =>
      limit(async () => read[shard] === null && !isLeftOut(place) && (await hadSome(source, index, offsets, place))),
    ),
  );
  const faults = read.flatMap((found, shard): ShardFault[] => {
    if (found instanceof SheafError) return [{ shard, error: found }];
    return lacking[shard] === true ? [{ shard, error: incomplete(source, index, [shard]) }] : [];
  });
  return {
    index,
    offsets,
    faults,
    bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    documents: documentsOfShards(
      index.kind,
      manifests.map((manifest) => manifest?.documents ?? 0),
    ),
    storedAtMs: times.length === 0 ? null : Math.max(...times),
  };
}

async function readShard(source: RestoreSource, place: ShardPlace): Promise<ShardManifest | SheafError | null> {
  try {
    return await source.manifestOf(place);
  } catch (raw) {
    const error = asSheafError(raw);
    if (!faultsOfShards.has(error.code)) throw error;
    return error;
  }
}

/**
 * Whether a shard without a manifest had something all the same: it was restored, and nothing of it was stored since, so that what it had is in the place that it came
 * from; another shard has entries of the one partition that all of them read; or its files are there.
 */
async function hadSome(
  source: RestoreSource,
  index: IndexDefinition,
  offsets: readonly number[],
  place: ShardPlace,
): Promise<boolean> {
  if ((index.restored?.offsets[place.shard] ?? -1) >= 0) return true;
  if (!indexKinds[index.kind].keysHaveShards && offsets.some((offset) => offset >= 0)) return true;
  return await source.isBegun(place);
}

/** One fault of several shards is told of all of them. */
function refusal(source: RestoreSource, { index }: StoredIndex, left: readonly ShardFault[]): SheafError {
  const damaged = left.find(({ error }) => error.code !== 'RESTORE_INCOMPLETE');
  const shards = left.map(({ shard }) => shard);
  if (damaged === undefined) return incomplete(source, index, shards);
  const { code, detail } = damaged.error;
  return new SheafError(code, { detail: { ...detail, index: index.name, shards }, cause: damaged.error });
}

function incomplete({ place }: RestoreSource, { name }: IndexDefinition, shards: readonly number[]): SheafError {
  return new SheafError('RESTORE_INCOMPLETE', { detail: { place, index: name, shards } });
}

function notFound({ place, catalog, snapshot }: RestoreSource, name: string): SheafError {
  const indexes = [...catalog.indexes.keys()].sort().slice(0, indexesNamed);
  return new SheafError('RESTORE_NOT_FOUND', { detail: { place, snapshot, name, indexes } });
}
