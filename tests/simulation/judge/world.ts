/** What a simulated cluster that judges is made of, besides its processes. */
import type { Retention } from '../../../leaf/keys/key-history.ts';
import { emptyCatalog, type CatalogState, type IndexDefinition } from '../../../shared/catalog/catalog.ts';
import { indexedFields, type IndexedField } from '../../../shared/schema/schema.ts';
import { TrieMap } from '../../../shared/trie/trie-map.ts';
import type { Random } from '../../../shared/random/random.ts';
import type { LogFaults } from '../log-port.ts';
import type { SimLog } from '../sim-log.ts';
import type { VirtualTime } from '../virtual-time.ts';
import type { Oracle } from './oracle.ts';

export interface JudgeWorld {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly log: SimLog;
  readonly oracle: Oracle;
  readonly retention: Retention;
  readonly shards: number;
  readonly replicas: number;
  /** Of every leaf, where its files are. */
  readonly folder: string;
  /** What goes wrong with the log. */
  readonly logFaults: LogFaults;
  readonly note: (line: string) => void;
  readonly violate: (what: string) => void;
}

export const indexId = 'x0';
export const keys = ['a', 'b', 'c', 'd', 'e', 'ключ'];

/** The index as it was made, and after a field was added that earlier documents may not fit. */
export function catalogOf(world: Pick<JudgeWorld, 'shards' | 'replicas'>, hasTag: boolean): CatalogState {
  const fields: IndexDefinition['schema']['fields'] = {
    n: { kind: 'integer' },
    ...(hasTag ? { tag: { kind: 'integer' as const } } : {}),
  };
  const { shards, replicas } = world;
  const books: IndexDefinition = {
    id: indexId,
    name: 'books',
    kind: 'document',
    schema: { dynamic: 'false', fields },
    shards,
    replicas,
  };
  return { ...emptyCatalog, offset: hasTag ? 1 : 0, indexes: TrieMap.of([[books.name, books]]) };
}

export function indexOf(catalog: CatalogState): IndexDefinition {
  return catalog.indexes.get('books')!;
}

export function fieldsOf(catalog: CatalogState): readonly IndexedField[] {
  return indexedFields(indexOf(catalog).schema);
}
