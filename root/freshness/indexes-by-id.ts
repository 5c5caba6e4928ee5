/** Indexes by their ids, as far as they never change: ids are never given again. */
import type { CatalogState, IndexDefinition } from '../../shared/catalog/catalog.ts';

export type LastingIndex = Pick<IndexDefinition, 'id' | 'kind' | 'shards'>;

export class IndexesById {
  private readonly catalog: { readonly state: Pick<CatalogState, 'indexes'> };
  private readAt: unknown = null;
  private known = new Map<string, LastingIndex>();

  /** @param catalog this root's copy, as it is when looked at */
  constructor(catalog: IndexesById['catalog']) {
    this.catalog = catalog;
  }

  /** Undefined where the catalog has no such index. The catalog is read only where it has changed since it was missed. */
  of(indexId: string): LastingIndex | undefined {
    const known = this.known.get(indexId);
    const { state } = this.catalog;
    if (known !== undefined || this.readAt === state) return known;
    this.readAt = state;
    this.known = new Map(Array.from(state.indexes.values(), (index) => [index.id, index]));
    return this.known.get(indexId);
  }
}
