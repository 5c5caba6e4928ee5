/** The one list of the kinds of query on a leaf. */
import type { Query, QueryKind, QueryOf } from '../../shared/query/query.ts';
import type { ClauseKind } from './clause-kind.ts';
import { all } from './clauses/all.ts';
import { bool } from './clauses/bool.ts';
import { boosted } from './clauses/boosted.ts';
import { boosting } from './clauses/boosting.ts';
import { constantScore } from './clauses/constant-score.ts';
import { disMax } from './clauses/dis-max.ts';
import { exists } from './clauses/exists.ts';
import { fuzzy } from './clauses/fuzzy.ts';
import { ids } from './clauses/ids.ts';
import { keywordRange } from './clauses/keyword-range.ts';
import { keywords } from './clauses/keywords.ts';
import { none } from './clauses/none.ts';
import { numberRange } from './clauses/number-range.ts';
import { numbers } from './clauses/numbers.ts';
import { phrase } from './clauses/phrase.ts';
import { prefix } from './clauses/prefix.ts';
import { regexp } from './clauses/regexp.ts';
import { script } from './clauses/script.ts';
import { scriptScore } from './clauses/script-score.ts';
import { term } from './clauses/term.ts';
import { wildcard } from './clauses/wildcard.ts';

const kinds: { readonly [K in QueryKind]: ClauseKind<QueryOf<K>> } = {
  all,
  none,
  term,
  keywords,
  numbers,
  numberRange,
  keywordRange,
  prefix,
  wildcard,
  regexp,
  fuzzy,
  phrase,
  exists,
  ids,
  bool,
  boosted,
  boosting,
  constantScore,
  disMax,
  script,
  scriptScore,
};

/** What the kind of a query is. The type is wider than it is true: it is to be asked of queries of that kind. */
export function kindOf({ kind }: Query): ClauseKind<Query> {
  return kinds[kind];
}
