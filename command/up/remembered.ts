/** How many processes an `up` had at last, so that the next has as many. Touches the world: a file in the data folder. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../../shared/json/read-object.ts';

export interface Remembered {
  /** At least 1. */
  readonly leaves: number;
  /** At least 1. */
  readonly roots: number;
}

const fileOf = (folder: string): string => join(folder, 'up.json');

/** Undefined where nothing was remembered, or what was cannot be read. */
export function readRemembered(folder: string): Remembered | undefined {
  try {
    const found = JSON.parse(readFileSync(fileOf(folder), 'utf8')) as unknown;
    if (!isObject(found)) return undefined;
    const { leaves, roots } = found;
    return isCount(leaves) && isCount(roots) ? { leaves, roots } : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the file. None at all is no wish for the next start: what was remembered stays. */
export function remember(folder: string, { leaves, roots }: Remembered): void {
  if (leaves < 1) return;
  const path = fileOf(folder);
  writeFileSync(`${path}.tmp`, `${JSON.stringify({ leaves, roots })}\n`);
  renameSync(`${path}.tmp`, path);
}

/** What the user should know where there are others than at last; undefined where there are as many. Pure. */
export function changeSince(last: Remembered | undefined, leaves: number): string | undefined {
  if (last === undefined || last.leaves === leaves) return undefined;
  if (leaves > last.leaves)
    return `There were ${last.leaves} leaves at last: the new ones take over part of what they have`;
  const [first, final] = [`leaf-${leaves}`, `leaf-${last.leaves - 1}`];
  const gone = first === final ? first : `${first} to ${final}`;
  return (
    `There were ${last.leaves} leaves at last: ${gone} will not be started, and the others fill what only these had from ` +
    'the log, which takes a while where there is much of it; sheaf scale hands over first'
  );
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}
