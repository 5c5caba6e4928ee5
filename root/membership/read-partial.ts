/**
 * A partial at the root's door. What is checked is what the scatter works with as it arrives; the rest is read inside
 * the query it belongs to, which alone fails if it is not what it should be. Cost: one look at each shard and hit.
 */
import { isErrorCode } from '../../shared/errors.ts';
import { isObject } from '../../shared/json/read-object.ts';
import { areFetchedSources } from '../../shared/protocol/fetched-sources.ts';
import { isHitTable } from '../../shared/protocol/hit-table.ts';
import type { PartialOf, Task } from '../../shared/protocol/tasks.ts';

/** The header of a `partial` frame as the answer to this task, or undefined when it is none. */
export function readPartial<T extends Task>(
  task: T,
  header: unknown,
  { length: bodyBytes }: Uint8Array,
): PartialOf<T> | undefined {
  if (!isObject(header) || header['kind'] !== task.kind) return undefined;
  const { shards, failures } = header;
  if (!Array.isArray(shards) || !Array.isArray(failures)) return undefined;
  const areKnown = shards.every((shard) => Number.isInteger(shard)) && failures.every(isFailure);
  if (task.kind === 'search' && !isHitTable(header['hits'], task.sort.length, bodyBytes)) return undefined;
  if (task.kind === 'fetch' && !areFetchedSources(header['found'], bodyBytes)) return undefined;
  return areKnown ? (header as object as PartialOf<T>) : undefined;
}

function isFailure(value: unknown): boolean {
  return isObject(value) && Number.isInteger(value['shard']) && isErrorCode(value['code']);
}
