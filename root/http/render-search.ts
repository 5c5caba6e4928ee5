/**
 * A search's answer as JSON in Elasticsearch's shape, with `complete` and `coverage` at the top. Sources go in as the
 * bytes they are: the root parses no document.
 */
import { AnswerBudget } from '../../shared/aggregation/answer-budget.ts';
import { saidNothing, sayCount } from '../../shared/aggregation/say-bounds.ts';
import { allAtOnce, type Steps } from '../../shared/aggregation/steps.ts';
import type { Highlight } from '../../shared/query/highlight.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import { placeOf } from '../../shared/ranking/place.ts';
import { splitRouting } from '../../shared/schema/routing.ts';
import type { GatheredHit } from '../gather/merge-hits.ts';
import type { TotalRelation } from '../../shared/protocol/tasks/search.ts';
import type { SearchAnswer } from '../gather/answer.ts';
import type { FoundSearch } from '../search-ask.ts';
import { jsonInPieces } from './json-in-pieces.ts';
import { sortValuesShower } from './show-sort-values.ts';

/** All at once. */
export function renderSearch(found: FoundSearch): Buffer {
  return allAtOnce(renderInSteps(found));
}

/** A bucket a step. @throws SheafError AGGREGATION_TOO_LARGE */
export function* renderInSteps({ index, isOfSeveral, request, answer, results }: FoundSearch): Steps<Buffer> {
  const { coverage } = answer;
  const head = {
    took: Math.round(answer.tookMs),
    timed_out: coverage.failures.some(({ code }) => code === 'LEAF_TIMEOUT'),
    complete: coverage.shards.failed === 0,
    coverage,
    ...(answer.at === undefined ? {} : { at: answer.at }),
  };
  const total = renderTotal(request, answer);
  const byScore = request.sort[0]?.by === 'score' && request.sort[0].descending;
  const maxScore = byScore ? answer.bestScore : null;
  const pieces: (string | Uint8Array)[] = [
    JSON.stringify(head).slice(0, -1),
    `,"hits":{${total === undefined ? '' : `"total":${JSON.stringify(total)},`}"max_score":${maxScore},"hits":[`,
  ];
  const indexJson = JSON.stringify(index.name);
  // A place is in one index.
  const isPaged = !isOfSeveral && (request.at !== undefined || request.after !== undefined);
  const showSort = isPaged || request.after !== undefined || !(request.sort.length === 1 && byScore);
  const showValues = showSort ? sortValuesShower(index.schema, request.sort) : null;
  answer.hits.forEach((hit, i) => renderHit(pieces, hit, { first: i === 0, indexJson, showSort, showValues, isPaged }));
  pieces.push(']}');
  if (Object.keys(request.aggregations).length > 0) {
    pieces.push(',"aggregations":');
    yield* pushText(pieces, jsonInPieces(results));
  }
  if (answer.profile !== undefined) pieces.push(`,"profile":${JSON.stringify(answer.profile)}`);
  pieces.push('}');
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
}

const textLengthMin = 65_536;

/** Small pieces as fewer and larger ones. @throws SheafError AGGREGATION_TOO_LARGE when they are more than an answer may have */
function* pushText(pieces: (string | Uint8Array)[], text: Iterable<string>): Steps<void> {
  const budget = new AnswerBudget();
  let gathered = '';
  for (const piece of text) {
    gathered += piece;
    if (gathered.length >= textLengthMin) {
      const bytes = Buffer.from(gathered);
      budget.takeBytes(bytes.length);
      pieces.push(bytes);
      gathered = '';
    }
    yield;
  }
  pieces.push(gathered);
}

function renderTotal(
  { trackTotalHits }: SearchRequest,
  { total, totalRelation, missing, uncounted, coverage }: SearchAnswer,
): Readonly<Record<string, unknown>> | undefined {
  if (trackTotalHits === false) return undefined;
  const counted: { value: number; relation: TotalRelation } =
    trackTotalHits === true || total <= trackTotalHits
      ? { value: total, relation: totalRelation }
      : { value: trackTotalHits, relation: 'gte' };
  if (coverage.shards.failed === 0) return counted;
  const said = missing === null ? saidNothing('index_kind') : sayCount({ found: total, uncounted }, missing);
  return { ...counted, ...said };
}

interface HitPlace {
  readonly first: boolean;
  readonly indexJson: string;
  readonly showSort: boolean;
  readonly showValues: ReturnType<typeof sortValuesShower>;
  /** The place is a sort value too. */
  readonly isPaged: boolean;
}

function renderHit(pieces: (string | Uint8Array)[], hit: GatheredHit, place: HitPlace): void {
  const { routing, source } = splitRouting(hit.source);
  const index = hit.index === undefined ? place.indexJson : JSON.stringify(hit.index);
  const routed = routing === null ? '' : `"_routing":${JSON.stringify(routing)},`;
  const start = `{"_index":${index},"_id":${JSON.stringify(hit.key)},${routed}"_score":${hit.score}`;
  pieces.push(place.first ? start : `,${start}`);
  if (hit.highlight !== undefined) pieces.push(renderHighlight(hit.highlight));
  if (hit.explanation !== undefined) pieces.push(`,"_explanation":${JSON.stringify(hit.explanation)}`);
  if (source.length > 0) pieces.push(',"_source":', source);
  const values = place.showValues?.(hit.values) ?? hit.values;
  const sort = place.isPaged ? [...values, placeOf(hit)] : values;
  pieces.push(place.showSort ? `,"sort":${JSON.stringify(sort)}}` : '}');
}

function renderHighlight(highlight: Highlight): string {
  return 'skipped' in highlight
    ? `,"highlight_skipped":${JSON.stringify(highlight.skipped)}`
    : `,"highlight":${JSON.stringify(highlight.fragments)}`;
}
