/** The indexes of a job as they are now, by their ids: they may have other names than when it was created. */
import type { CatalogState, IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import type { Job } from '../../shared/jobs/job-entry.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';

type OfJob = Pick<Job, 'spec'>;

export class JobIndexes {
  private readonly catalog: Pick<CatalogCopy, 'state' | 'catchUp'>;

  constructor(catalog: Pick<CatalogCopy, 'state' | 'catchUp'>) {
    this.catalog = catalog;
  }

  /** The index that is gone through. @throws SheafError INDEX_NOT_FOUND */
  async source({ spec }: OfJob): Promise<IndexDefinition> {
    return await this.find(spec.index, spec.indexId);
  }

  /** The index that is written to. @throws SheafError INDEX_NOT_FOUND */
  async target({ spec }: OfJob): Promise<IndexDefinition> {
    return await this.find(spec.into ?? spec.index, spec.intoId ?? spec.indexId);
  }

  /** The index that is gone through, as far as this root has read of it. */
  knownSource({ spec }: OfJob): IndexDefinition | undefined {
    return indexOfId(this.catalog.state, spec.index, spec.indexId);
  }

  /** The index that is written to, as far as this root has read of it. */
  knownTarget({ spec }: OfJob): IndexDefinition | undefined {
    return indexOfId(this.catalog.state, spec.into ?? spec.index, spec.intoId ?? spec.indexId);
  }

  private async find(name: string, id: string): Promise<IndexDefinition> {
    const { catalog } = this;
    const known = indexOfId(catalog.state, name, id);
    if (known !== undefined) return known;
    // One that this root has not read of, or one of before.
    await catalog.catchUp();
    const now = indexOfId(catalog.state, name, id);
    if (now !== undefined) return now;
    throw new SheafError('INDEX_NOT_FOUND', {
      detail: { index: name, reason: 'the index was deleted meanwhile' },
    });
  }
}

function indexOfId({ indexes }: CatalogState, name: string, id: string): IndexDefinition | undefined {
  const named = indexes.get(name);
  return named?.id === id ? named : Array.from(indexes.values()).find((index) => index.id === id);
}
