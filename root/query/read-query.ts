/** The `query` of a search body: an object with the name of one clause. Every clause is one file in clauses/. */
import { shorten } from '../../shared/json/describe-value.ts';
import { readOnlyEntry } from '../../shared/json/read-object.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import type { Query } from '../../shared/query/query.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { ClauseBudget } from './clause-budget.ts';
import { readBool } from './clauses/bool.ts';
import { readBoosting } from './clauses/boosting.ts';
import { readConstantScore } from './clauses/constant-score.ts';
import { readDisMax } from './clauses/dis-max.ts';
import { readExists } from './clauses/exists.ts';
import { readFuzzy } from './clauses/fuzzy.ts';
import { readIds } from './clauses/ids.ts';
import { readMatchAll } from './clauses/match-all.ts';
import { readMatchBoolPrefix } from './clauses/match-bool-prefix.ts';
import { readMatchNone } from './clauses/match-none.ts';
import { readMatchPhrase } from './clauses/match-phrase.ts';
import { readMatch } from './clauses/match.ts';
import { readMultiMatch } from './clauses/multi-match.ts';
import { readPrefix } from './clauses/prefix.ts';
import { readQueryString } from './clauses/query-string.ts';
import { readRange } from './clauses/range.ts';
import { readRegexp } from './clauses/regexp.ts';
import { readScript } from './clauses/script.ts';
import { readScriptScore } from './clauses/script-score.ts';
import { readTerm } from './clauses/term.ts';
import { readTerms } from './clauses/terms.ts';
import { readWildcard } from './clauses/wildcard.ts';
import { readAtOnce, type LongLists } from './long-lists.ts';
import type { QueryScope, ReadClause } from './query-scope.ts';

/** A Map, because clause names come from callers. */
const clauses: ReadonlyMap<string, ReadClause> = new Map([
  ['bool', readBool],
  ['boosting', readBoosting],
  ['constant_score', readConstantScore],
  ['dis_max', readDisMax],
  ['exists', readExists],
  ['fuzzy', readFuzzy],
  ['ids', readIds],
  ['match', readMatch],
  ['match_all', readMatchAll],
  ['match_bool_prefix', readMatchBoolPrefix],
  ['match_none', readMatchNone],
  ['match_phrase', readMatchPhrase],
  ['multi_match', readMultiMatch],
  ['prefix', readPrefix],
  ['query_string', readQueryString],
  ['range', readRange],
  ['regexp', readRegexp],
  ['script', readScript],
  ['script_score', readScriptScore],
  ['term', readTerm],
  ['terms', readTerms],
  ['wildcard', readWildcard],
]);

/** The names of the clauses, sorted. */
export const clauseNames: readonly string[] = [...clauses.keys()];

/**
 * @param options.longLists where lists that are long are left to be read; absent, all is read at once
 * @param options.budget counts the clauses of several queries together
 * @param options.now see QueryScope
 * @throws SheafError with a pointer to the first fault
 */
export function readQuery(
  node: RequestNode,
  schema: IndexSchema,
  { longLists, budget = new ClauseBudget(), now }: QueryOptions = {},
): Query {
  const readList: QueryScope['readList'] = (count, reading) => longLists?.add(count, reading) ?? readAtOnce(reading);
  return readAtDepth(node, { schema, budget, now, readList }, 0);
}

interface QueryOptions {
  readonly longLists?: LongLists | undefined;
  readonly budget?: ClauseBudget;
  readonly now?: number | undefined;
}

type WholeScope = Pick<QueryScope, 'schema' | 'budget' | 'now' | 'readList'>;

function readAtDepth(node: RequestNode, whole: WholeScope, depth: number): Query {
  const { name, node: body } = readOnlyEntry(node, `an object with one clause: ${clauseNames.join(', ')}`);
  const readClause = clauses.get(name);
  if (readClause === undefined)
    throw body.fault('QUERY_CLAUSE_UNKNOWN', { clause: shorten(name), allowed: clauseNames });
  const scope: QueryScope = {
    ...whole,
    depth,
    readNested: (nested) => readAtDepth(nested, whole, depth + 1),
  };
  return readClause(body, scope);
}
