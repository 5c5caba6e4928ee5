/** Fields that an index gets while it is copied: the copy gets them before the documents that have them. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { mergeFields } from '../../shared/catalog/merge-fields.ts';
import { addedSince } from '../../shared/catalog/take-over.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { countFields } from '../../shared/schema/collisions.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';
import type { JobIndexes } from './job-indexes.ts';
import type { Job } from '../../shared/jobs/job-entry.ts';

/**
 * Of a job whose copy takes the place of the index, and of no other.
 * @returns the copy, with all that the index had when the catalog was read to its end just now
 * @throws SheafError SCHEMA_INVALID where it would have more fields than may be; INDEX_NOT_FOUND, LOG_UNAVAILABLE, LOG_FULL, PARTITION_STOPPED
 */
export async function carryFields(
  { catalog, indexes }: { readonly catalog: CatalogCopy; readonly indexes: JobIndexes },
  job: Pick<Job, 'spec' | 'base'>,
): Promise<IndexDefinition> {
  const { base } = job;
  if (base === undefined) return await indexes.target(job);
  await catalog.catchUp();
  const copy = await indexes.target(job);
  const fields = addedSince(await indexes.source(job), copy, base);
  if (Object.keys(fields).length === 0) return copy;
  const actual = countFields(mergeFields(copy.schema.fields, fields));
  if (actual > limits.fieldsMax) {
    const reason = 'with the fields that the index has got meanwhile its copy would have more than the limit';
    throw new SheafError('SCHEMA_INVALID', { detail: { reason, index: copy.name, limit: limits.fieldsMax, actual } });
  }
  await catalog.append(copy.name, { change: 'addFields', id: copy.id, fields });
  return await indexes.target(job);
}
