import { isObject } from '../../json/read-object.ts';
import { recordOf, shaped, validateWholeNumbers, type Validator } from '../../json/validators.ts';
import { results, type Result } from '../../judge/judge.ts';
import { limits } from '../../limits.ts';
import { isOffset, isWhole } from '../partial-fields.ts';
import type { PartialBase, TaskBase, TaskMessage } from './task.ts';

/** What became of judged entries. `at` has, of each shard, the last of them: a replica has to have passed it. */
export interface OutcomesTask extends TaskBase {
  readonly kind: 'outcomes';
  /** Log offsets of the entries by shard (as a decimal string). */
  readonly wanted: Readonly<Record<string, readonly number[]>>;
}

/** An outcome (shared/judge/judge.ts) and the log offset of its entry. */
export type FoundOutcome = readonly [offset: number, result: Result, version: number, sequence: number];

export interface OutcomesPartial extends PartialBase {
  readonly kind: 'outcomes';
  /**
   * By shard (as a decimal string), in the order in which they were wanted. One that the replica does not remember, or that
   * was not judged, is left out: it is not known what became of it.
   */
  readonly found: Readonly<Record<string, readonly FoundOutcome[]>>;
}

const validateOffsets = recordOf(validateWholeNumbers);

/** Log offsets by shard, no more than one body has lines that are judged. */
const validateWanted: Validator = (node) => {
  const wanted = validateOffsets(node) as OutcomesTask['wanted'];
  const limit = limits.judgedLinesMax;
  const actual = Object.values(wanted).reduce((sum, offsets) => sum + offsets.length, 0);
  if (actual > limit) throw node.invalid({ expected: 'no more entries than a body has', limit, actual });
  return wanted;
};

export const outcomesMessage: TaskMessage<OutcomesTask> = {
  validate: shaped({ wanted: validateWanted }),
  isAnswer: (_task, { found }) => isObject(found) && Object.values(found).every(areOutcomes),
};

function areOutcomes(value: unknown): boolean {
  return Array.isArray(value) && value.every(isOutcome);
}

function isOutcome(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [offset, result, version, sequence] = value as unknown[];
  return isWhole(offset) && results.includes(result as Result) && isWhole(version) && isOffset(sequence);
}
