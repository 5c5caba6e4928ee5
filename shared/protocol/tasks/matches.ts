import { isObject } from '../../json/read-object.ts';
import { readNonEmptyString } from '../../json/readers.ts';
import type { RequestNode } from '../../json/request-node.ts';
import { listOf, shaped, type Validator } from '../../json/validators.ts';
import type { Query } from '../../query/query.ts';
import { isWhole, type Fields } from '../partial-fields.ts';
import { validateQuery } from '../validate-query.ts';
import type { PartialBase, TaskBase, TaskMessage } from './task.ts';

/**
 * Which shards, of any indexes, have nothing that matches, as far as that can be told without looking at documents.
 *
 * The `shards` of the task and of its partial, and of all that goes by shard, are positions in `places`: what a task is of is
 * usually one index, and here it is many. `index` names the first.
 */
export interface MatchesTask extends TaskBase {
  readonly kind: 'matches';
  /** Of every position asked. */
  readonly places: Readonly<Record<string, MatchPlace>>;
  readonly queries: readonly Query[];
}

export interface MatchPlace {
  readonly index: string;
  readonly shard: number;
  /** Position in `queries`. */
  readonly query: number;
}

export interface MatchesPartial extends PartialBase {
  readonly kind: 'matches';
  /** Of the positions that answered, those where nothing matches → their live documents. Proved of the state whose offset is told. */
  readonly excluded: Readonly<Record<string, number>>;
}

const validateWhole: Validator = (node) => {
  if (!isWhole(node.value)) throw node.wrongType('a whole number from 0');
  return node.value;
};

const validatePlace = shaped({ index: readNonEmptyString, shard: validateWhole, query: validateWhole });

const validateObject: Validator = (node) => {
  if (!isObject(node.value)) throw node.wrongType('an object');
  return node.value;
};

export const matchesMessage: TaskMessage<MatchesTask> = {
  validate: shaped({ places: validateObject, queries: listOf(validateQuery) }),
  check: checkPlaces,
  isAnswer: (_task, { excluded, shards }) => isObject(excluded) && areExcluded(excluded, shards as readonly number[]),
};

/** Every position asked has a place, of one of the queries. */
function checkPlaces(node: RequestNode, { shards, places, queries }: MatchesTask): void {
  const at = node.child('places', places);
  for (const position of shards) {
    const place = places[String(position)];
    if (place === undefined) throw at.fault('REQUEST_FIELD_MISSING', { field: String(position) });
    const own = at.child(position, place);
    validatePlace(own);
    if (place.query < queries.length) continue;
    throw own.child('query', place.query).invalid({ expected: `below ${queries.length}, the number of queries` });
  }
}

function areExcluded(excluded: Fields, shards: readonly number[]): boolean {
  const positions = Object.keys(excluded);
  if (positions.length === 0) return true;
  const answered = new Set(shards.map(String));
  return positions.every((position) => answered.has(position) && isWhole(excluded[position]));
}
