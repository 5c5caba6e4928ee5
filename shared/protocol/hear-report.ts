/** A leaf's reports as they come over one connection: each whole, though it says only what is new. Pure. */
import { readStoredCatalog } from '../catalog/stored-catalog.ts';
import { readReport } from './read-report.ts';
import { hearReplicas } from './replicas.ts';
import type { LeafReport } from './reports.ts';

/**
 * @param before the report that came last over the connection
 * @throws SheafError FRAME_INVALID, also where a report is missing between the two
 */
export function hearReport(header: unknown, before: LeafReport | null): LeafReport {
  const frame = readReport(header);
  const { base: _base, removed: _removed, catalog, ...report } = frame;
  const replicas = hearReplicas(frame, before);
  return { ...report, replicas, ...(catalog === undefined ? {} : { catalog: readStoredCatalog(catalog) }) };
}
