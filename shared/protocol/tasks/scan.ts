import { isObject } from '../../json/read-object.ts';
import { integerWithin, readBoolean } from '../../json/readers.ts';
import type { RequestNode } from '../../json/request-node.ts';
import { shaped, type Validator } from '../../json/validators.ts';
import { limits } from '../../limits.ts';
import type { Query } from '../../query/query.ts';
import { isOffset, isWhole, sumOfBytes, type Fields } from '../partial-fields.ts';
import { validateQuery } from '../validate-query.ts';
import { requireOneShard } from './require-one-shard.ts';
import type { PartialBase, TaskBase, TaskMessage } from './task.ts';

/**
 * The next documents that match, in the order of the log. Exactly one shard.
 *
 * Whoever asks from where the last answer ended meets every document that matched at `until` and has not changed since, whichever
 * replica answers: what changes later gets a higher offset, so that of a stretch of the log documents only go. `at` asks for a
 * replica that has come to `until`.
 */
export interface ScanTask extends TaskBase {
  readonly kind: 'scan';
  readonly query: Query;
  /** Only documents of higher log offsets; −1 for the first. */
  readonly above: number;
  /** The last log offset that is looked at. */
  readonly until: number;
  /** How many documents at most, 1 to `limits.scanDocumentsMax`. */
  readonly size: number;
  /** Whether the body has their sources: then no more of them than `limits.scanBytesMax`, but one always. */
  readonly sources: boolean;
  /** Only what is a copy of this (see KeyState); absent: whatever there is. */
  readonly origin?: number;
}

/** In one order, ascending by sequence. */
export interface ScannedDocuments {
  readonly keys: readonly string[];
  /** Log offsets of the entries that made the documents what they are. */
  readonly sequences: readonly number[];
  /** Of the sources in the body, end to end; none where they were not asked for. */
  readonly sourceBytes: readonly number[];
}

export interface ScanPartial extends PartialBase {
  readonly kind: 'scan';
  readonly found: ScannedDocuments;
  /** Everything that matches above `above` and up to here is among `found`: where to go on, or `until`. */
  readonly upTo: number;
}

const validateOffset: Validator = (node) => {
  if (!isOffset(node.value)) throw node.wrongType('a log offset, or −1');
  return node.value;
};

export const scanMessage: TaskMessage<ScanTask> = {
  validate: shaped(
    {
      query: validateQuery,
      above: validateOffset,
      until: validateOffset,
      size: integerWithin(1, limits.scanDocumentsMax),
      sources: readBoolean,
    },
    { origin: integerWithin(1, 2 ** 32 - 1) },
  ),
  check: (node: RequestNode, task: ScanTask) => requireOneShard(node, task),
  isAnswer: (task, { found, upTo, failures }, body) => {
    if (!isObject(found) || !isOffset(upTo) || upTo > task.until) return false;
    // A shard that failed was not looked at.
    const isSound = areScanned(found, task, body.length);
    return isSound && (upTo > task.above || task.until <= task.above || (failures as readonly unknown[]).length > 0);
  },
};

function areScanned({ keys, sequences, sourceBytes }: Fields, task: ScanTask, bodyBytes: number): boolean {
  if (!Array.isArray(keys) || !Array.isArray(sequences) || !Array.isArray(sourceBytes)) return false;
  if (keys.length > task.size || keys.length !== sequences.length) return false;
  if (sourceBytes.length !== (task.sources ? keys.length : 0) || sumOfBytes(sourceBytes) !== bodyBytes) return false;
  let last = task.above;
  for (const sequence of sequences as unknown[]) {
    if (!isWhole(sequence) || sequence <= last || sequence > task.until) return false;
    last = sequence;
  }
  return (keys as unknown[]).every((key) => typeof key === 'string');
}
