import { shaped } from '../../json/validators.ts';
import { requireOneShard } from './require-one-shard.ts';
import type { PartialBase, TaskBase, TaskMessage } from './task.ts';

/** All rows of one shard of a roll-up. Exactly one shard. */
export interface RowsTask extends TaskBase {
  readonly kind: 'rows';
}

/** The frame's body has the rows: see RowsRun. */
export interface RowsPartial extends PartialBase {
  readonly kind: 'rows';
}

export const rowsMessage: TaskMessage<RowsTask> = {
  validate: shaped({}),
  check: requireOneShard,
  isAnswer: () => true,
};
