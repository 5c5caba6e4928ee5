import { isObject } from '../../json/read-object.ts';
import { readString } from '../../json/readers.ts';
import { shaped } from '../../json/validators.ts';
import { isOffset, isWhole, type Fields } from '../partial-fields.ts';
import { requireOneShard } from './require-one-shard.ts';
import type { PartialBase, TaskBase, TaskMessage } from './task.ts';

/** One document by key. Exactly one shard. */
export interface DocumentTask extends TaskBase {
  readonly kind: 'document';
  readonly key: string;
}

/** The document's source is the frame's body. */
export interface FoundDocument {
  /** Log offset of its put. */
  readonly offset: number;
  /** How often the document of the key has changed, from 1; 1 of rows and of documents that never change. */
  readonly version: number;
  /** Log offset of the entry that made the document what it is: what a condition names. */
  readonly sequence: number;
}

export interface DocumentPartial extends PartialBase {
  readonly kind: 'document';
  readonly found: FoundDocument | null;
}

export const documentMessage: TaskMessage<DocumentTask> = {
  validate: shaped({ key: readString }),
  check: requireOneShard,
  isAnswer: (_task, { found }) => found === null || (isObject(found) && isFound(found)),
};

function isFound({ offset, version, sequence }: Fields): boolean {
  return isOffset(offset) && isWhole(version) && isOffset(sequence);
}
