/**
 * A report at the root's door. All that a root reads in one is checked, for it concerns every query, and what is said of
 * replicas is told to the other leaves, who would end the connection over it. Cost: one look at each replica.
 */
import { isStoredCatalog } from '../catalog/stored-catalog.ts';
import { SheafError } from '../errors.ts';
import { faultOfReplicas, isArrayOf, isCount, isStop, isWord } from './report-shapes.ts';
import type { ReportFrame } from './report-frames.ts';

const isBoolean = (value: unknown): boolean => typeof value === 'boolean';

const required: Readonly<Record<string, (value: unknown) => boolean>> = {
  queued: isCount,
};

const optional: Readonly<Record<string, (value: unknown) => boolean>> = {
  cluster: (value) => typeof value === 'string',
  draining: isBoolean,
  diskFull: isBoolean,
  latencyMs: (value) => typeof value === 'number' && value >= 0,
  overloaded: isBoolean,
  shedding: isBoolean,
  seen: (value) => isArrayOf(value, isWord),
  catalog: isStoredCatalog,
  catalogStopped: isStop,
};

/** @throws SheafError FRAME_INVALID, which ends the connection: a leaf whose reports cannot be read cannot be used */
export function readReport(header: unknown): ReportFrame {
  if (!isWord(header)) throw invalid('report');
  const fields: Readonly<Record<string, unknown>> = { ...header };
  for (const [name, fits] of Object.entries(required)) if (!fits(fields[name])) throw invalid(name);
  for (const [name, fits] of Object.entries(optional)) {
    if (fields[name] !== undefined && !fits(fields[name])) throw invalid(name);
  }
  const fault = faultOfReplicas(fields);
  if (fault !== null) throw invalid(fault);
  return header as ReportFrame;
}

function invalid(field: string): SheafError {
  return new SheafError('FRAME_INVALID', { detail: { field } });
}
