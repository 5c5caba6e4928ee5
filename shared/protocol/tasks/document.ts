import { isObject } from '../../json/read-object.ts';
import { readString } from '../../json/readers.ts';
import { shaped } from '../../json/validators.ts';
import { isOffset } from '../partial-fields.ts';
import { requireOneShard } from './require-one-shard.ts';
import type { PartialBase, TaskBase, TaskMessage } from './task.ts';

/** One document by key. Exactly one shard. */
export interface DocumentTask extends TaskBase {
  readonly kind: 'document';
  readonly key: string;
}

export interface DocumentPartial extends PartialBase {
  readonly kind: 'document';
  /** The document's source is the frame's body. */
  readonly found: { readonly offset: number } | null;
}

export const documentMessage: TaskMessage<DocumentTask> = {
  validate: shaped({ key: readString }),
  check: requireOneShard,
  isAnswer: (_task, { found }) => found === null || (isObject(found) && isOffset(found['offset'])),
};
