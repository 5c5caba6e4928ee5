/** The kind of an index by its id: ids are never given again, and a kind never changes. */
import type { CatalogState } from '../../shared/catalog/catalog.ts';
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';

export class KindsById {
  private readonly catalog: { readonly state: Pick<CatalogState, 'indexes'> };
  private readAt: unknown = null;
  private kinds = new Map<string, IndexKind>();

  /** @param catalog this root's copy, as it is when looked at */
  constructor(catalog: KindsById['catalog']) {
    this.catalog = catalog;
  }

  /** Undefined where the catalog has no such index. The catalog is read only where it has changed since it was missed. */
  of(indexId: string): IndexKind | undefined {
    const known = this.kinds.get(indexId);
    const { state } = this.catalog;
    if (known !== undefined || this.readAt === state) return known;
    this.readAt = state;
    this.kinds = new Map(Object.values(state.indexes).map(({ id, kind }) => [id, kind]));
    return this.kinds.get(indexId);
  }
}
