/** What processes tell of themselves and of one another, at the door of whoever is told. Pure. */
import { isLeafName } from '../discovery/leaf-list.ts';
import { isErrorCode } from '../errors.ts';
import { isArrayOf } from '../json/is-array-of.ts';
import { isCount } from '../json/is-count.ts';
import { limits } from '../limits.ts';
import { isColumnsReport } from './columns-report.ts';
import { isObject } from '../json/read-object.ts';
import type { LeafWord, ReplicaReport, StopReport } from './reports.ts';

export function isWord(value: unknown): value is LeafWord {
  if (!isObject(value) || typeof value['leaf'] !== 'string') return false;
  return isCount(value['incarnation']) && isCount(value['sequence']);
}

/** As `--zone` takes it. */
export function isZone(value: unknown): value is string {
  return typeof value === 'string' && isLeafName(value);
}

/** The field of a ReplicasFrame that is not as it should be; null where all are. */
export function faultOfReplicas({ base, replicas, removed }: Readonly<Record<string, unknown>>): string | null {
  if (!isArrayOf(replicas, isReplica)) return 'replicas';
  if (base !== undefined && !isCount(base)) return 'base';
  return removed === undefined || isArrayOf(removed, (name) => typeof name === 'string') ? null : 'removed';
}

function isReplica(value: unknown): value is ReplicaReport {
  if (!isObject(value) || typeof value['index'] !== 'string' || !isCount(value['shard'])) return false;
  if (value['stored'] !== undefined && !isCount(value['stored'])) return false;
  const skipped = value['skipped'];
  if (skipped !== undefined && !(isArrayOf(skipped, isCount) && skipped.length <= limits.skippedToldMax)) return false;
  if (value['stopped'] !== undefined && !isStop(value['stopped'])) return false;
  if (value['columns'] !== undefined && !isColumnsReport(value['columns'])) return false;
  if (value['unrouted'] !== undefined && value['unrouted'] !== true) return false;
  if (value['bytes'] !== undefined && !isCount(value['bytes'])) return false;
  return typeof value['state'] === 'string' && Number.isSafeInteger(value['offset']) && isCount(value['documents']);
}

export function isStop(value: unknown): value is StopReport {
  if (!isObject(value) || !Number.isSafeInteger(value['offset'])) return false;
  return isErrorCode(value['code']) && typeof value['reason'] === 'string';
}
