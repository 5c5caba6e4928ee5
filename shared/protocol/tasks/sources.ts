import { isObject } from '../../json/read-object.ts';
import { shaped, validateWholeNumbers } from '../../json/validators.ts';
import type { SourceFilter } from '../../query/request.ts';
import { isWhole } from '../partial-fields.ts';
import { validateSourceFilter } from '../validate-hits.ts';
import type { PartialBase, TaskBase, TaskMessage } from './task.ts';

/** Documents of a term index by their ordinals, each of which is one of the shards'. */
export interface SourcesTask extends TaskBase {
  readonly kind: 'sources';
  readonly ordinals: readonly number[];
  readonly source: SourceFilter;
}

export interface SourcesPartial extends PartialBase {
  readonly kind: 'sources';
  /** In no order; the sources are the frame's body. */
  readonly found: readonly { readonly ordinal: number; readonly key: string; readonly sourceBytes: number }[];
}

export const sourcesMessage: TaskMessage<SourcesTask> = {
  validate: shaped({ ordinals: validateWholeNumbers, source: validateSourceFilter }),
  isAnswer: (_task, { found }, body) => areSources(found, body.length),
};

function areSources(found: unknown, bodyBytes: number): boolean {
  if (!Array.isArray(found)) return false;
  let bytes = 0;
  for (const each of found as unknown[]) {
    if (!isObject(each) || !isWhole(each['ordinal']) || typeof each['key'] !== 'string') return false;
    if (!isWhole(each['sourceBytes'])) return false;
    bytes += each['sourceBytes'];
  }
  return bytes === bodyBytes;
}
