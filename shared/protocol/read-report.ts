/**
 * A report at the root's door. All that a root reads in one is checked, for it concerns every query, and what is said of
 * replicas is told to the other leaves, who would end the connection over it. Cost: one look at each replica.
 */
import { isStoredCatalog } from '../catalog/stored-catalog.ts';
import { SheafError } from '../errors.ts';
import { isObject } from '../json/read-object.ts';
import { isArrayOf } from '../json/is-array-of.ts';
import { isCount } from '../json/is-count.ts';
import { faultOfReplicas, isStop, isWord, isZone } from './report-shapes.ts';
import type { ReportFrame } from './report-frames.ts';
import type { Backlog } from './reports.ts';

const isBoolean = (value: unknown): boolean => typeof value === 'boolean';

const required: Readonly<Record<string, (value: unknown) => boolean>> = {
  queued: isCount,
};

const optional: Readonly<Record<string, (value: unknown) => boolean>> = {
  cluster: (value) => typeof value === 'string',
  zone: isZone,
  icu: (value) => typeof value === 'string' && value.length <= 100,
  draining: isBoolean,
  diskFull: isBoolean,
  latencyMs: isTime,
  backlog: isBacklog,
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

/** @throws SheafError FRAME_INVALID */
export function readBacklog(header: unknown): Backlog {
  if (!isBacklog(header)) throw invalid('backlog');
  return header;
}

function isBacklog(value: unknown): value is Backlog {
  if (!isObject(value)) return false;
  return ['interactiveMs', 'batchMs', 'taskMs'].every((name) => isTime(value[name]));
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && value >= 0;
}

function invalid(field: string): SheafError {
  return new SheafError('FRAME_INVALID', { detail: { field } });
}
