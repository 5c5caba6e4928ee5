/**
 * Reads a task at the door. Roots write tasks and any client may send one over HTTP, so all that a leaf works with is
 * validated. Names are not: what the schema does not have has no values.
 */
import { integerWithin, oneOf, readBoolean, readNonEmptyString, readString, type Reader } from '../json/readers.ts';
import { RequestNode } from '../json/request-node.ts';
import { recordOf, shaped, validateArray, validateProperty } from '../json/validators.ts';
import { limits } from '../limits.ts';
import { messageOf, taskKinds, type Task } from './tasks/tasks.ts';
import { validateAfter, validateHighlight, validateSimilarities, validateStatistics } from './validate-hits.ts';

const readKind = oneOf(taskKinds);
const readShard = integerWithin(0, limits.shardsMax - 1);
const readOffset = integerWithin(-1, Number.MAX_SAFE_INTEGER);

const readTraceparent = textUpTo(limits.traceparentLengthMax);
const readGroup = textUpTo(limits.taskGroupLengthMax);

function textUpTo(limit: number): Reader<string> {
  return (node) => {
    const text = readString(node);
    if (text.length > limit)
      throw node.invalid({ expected: `at most ${limit} characters`, limit, actual: text.length });
    return text;
  };
}

const readTotalUpTo = integerWithin(0, Number.MAX_SAFE_INTEGER);

const readRank = integerWithin(0, limits.resultWindowMax);

const readAt = recordOf(readOffset);

/** What any kind may have. */
const validateOptional = shaped(
  {},
  {
    cut: readOffset,
    at: readAt,
    exact: readAt,
    floor: readAt,
    countedAt: readAt,
    pin: readBoolean,
    hold: readBoolean,
    after: validateAfter,
    explain: readBoolean,
    group: readGroup,
    highlight: validateHighlight,
    priority: oneOf(['interactive', 'batch']),
    profile: readBoolean,
    sourcesOf: shaped({ from: readRank, until: readRank }),
    trace: readTraceparent,
    totalUpTo: readTotalUpTo,
    statistics: validateStatistics,
    similarities: validateSimilarities,
    weight: readString,
  },
);

/** @throws SheafError REQUEST_TYPE_WRONG, REQUEST_FIELD_MISSING, REQUEST_VALUE_INVALID */
export function readTask(value: unknown): Task {
  const node = RequestNode.body(value);
  const kind = validateProperty(node, 'kind', readKind);
  validateProperty(node, 'index', readNonEmptyString);
  validateProperty(node, 'shards', readShards);
  validateProperty(node, 'remainingMs', readRemaining);
  validateOptional(node);
  const { validate, check } = messageOf(kind);
  validate(node);
  const task = value as Task;
  check?.(node, task);
  return task;
}

const readShards: Reader<number[]> = (node) => {
  const shards = validateArray(node).map((item, i) => readShard(node.child(i, item)));
  const expected = 'at least one shard, each once';
  if (shards.length === 0 || new Set(shards).size < shards.length) throw node.invalid({ expected });
  return shards;
};

const readRemaining: Reader<number> = (node) => {
  const { value } = node;
  if (typeof value !== 'number') throw node.wrongType('a number of milliseconds');
  return value;
};
