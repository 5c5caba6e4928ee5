import { shaped } from '../../json/validators.ts';
import type { PartialBase, TaskBase, TaskMessage } from './task.ts';

/** Makes everything up to `at` searchable and answers when it is. */
export interface RefreshTask extends TaskBase {
  readonly kind: 'refresh';
}

export interface RefreshPartial extends PartialBase {
  readonly kind: 'refresh';
}

export const refreshMessage: TaskMessage<RefreshTask> = { validate: shaped({}), isAnswer: () => true };
