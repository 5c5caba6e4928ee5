/** `sheaf search`: one search over HTTP, shown as text. */
import { readFileSync } from 'node:fs';
import type { SearchConfig } from '../../shared/config/read.ts';
import { AnswerError } from '../client/answer-error.ts';
import { RootClient, type ClientRequest } from '../client/client.ts';
import { textTable } from '../cluster/table.ts';
import { CommandFailure } from '../failure.ts';
import { searchRequest, type SearchFiles } from './search-request.ts';
import { TokenFile } from './token-file.ts';

/** The part of a search's answer that is shown. */
export interface SearchAnswer {
  readonly took: number;
  readonly complete: boolean;
  readonly coverage: {
    readonly shards: { readonly asked: number; readonly answered: number; readonly failed: number };
    readonly freshness: { readonly behind: number | null; readonly oldestUnseenMs: number | null };
    readonly failures: readonly { readonly code: string; readonly leaf?: string; readonly shards: readonly number[] }[];
  };
  readonly aggregations?: Readonly<Record<string, unknown>>;
  readonly hits: {
    readonly total?: { readonly value: number; readonly relation: 'eq' | 'gte' };
    readonly hits: readonly { readonly _id: string; readonly _score: number | null; readonly _source?: unknown }[];
  };
}

/** An answer that misses shards is an answer, but a script must be able to tell. */
export const incompleteExitCode = 2;
const sourceLengthMax = 160;
const cellLengthMax = 60;

/** @returns exit code: 0, or 2 where the answer is incomplete */
export async function search(
  config: SearchConfig,
  index: string,
  query: string,
  say: (line: string) => void,
): Promise<number> {
  const client = new RootClient(config.url);
  try {
    const files = filesOf(config);
    const request = searchRequest(config, index, query, files);
    const answer = (await askKept(client, index, request, config.tokenFile)) as SearchAnswer;
    if (config.json) say(JSON.stringify(answer, null, 2));
    else for (const line of searchLines(answer, passedOver(config, files), fieldsOf(config))) say(line);
    return answer.complete ? 0 : incompleteExitCode;
  } finally {
    await client.close();
  }
}

function filesOf({ body, aggs }: SearchConfig): SearchFiles {
  return {
    ...(body === undefined ? {} : { body: readJsonFile('--body', body) }),
    ...(aggs === undefined ? {} : { aggs: readJsonFile('--aggs', aggs) }),
  };
}

/** Hits that are passed over first. */
function passedOver({ from }: SearchConfig, { body }: SearchFiles): number {
  const inFile: { readonly from?: unknown } = body ?? {};
  const said = from ?? inFile.from;
  return typeof said === 'number' ? said : 0;
}

function readJsonFile(flag: string, path: string): object {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as object;
  } catch (error) {
    throw new CommandFailure(`cannot read ${flag} ${path}: ${(error as Error).message}`);
  }
}

function fieldsOf({ fields }: SearchConfig): readonly string[] {
  return (fields ?? '')
    .split(',')
    .map((field) => field.trim())
    .filter((field) => field !== '');
}

/** Asks for nothing older than what the file says was seen, and keeps what is seen now. */
async function askKept(
  client: RootClient,
  index: string,
  request: ClientRequest,
  file: string | undefined,
): Promise<unknown> {
  if (file === undefined) return (await client.read(request)).answer;
  const kept = new TokenFile(file);
  const ask = async (token: string | undefined): Promise<unknown> => {
    const read = await client.read({ ...request, token });
    if (read.token !== undefined) kept.keep(client.url, index, read.token);
    return read.answer;
  };
  try {
    return await ask(kept.tokenOf(client.url, index));
  } catch (error) {
    // The index was deleted and created again, or restored: what was seen of it is gone.
    if (error instanceof AnswerError && outdated.has(error.code)) return await ask(undefined);
    throw error;
  }
}

const outdated: ReadonlySet<string | undefined> = new Set(['TOKEN_INVALID', 'INDEX_RESTORED']);

/** Hits, total and coverage as lines. Pure. */
export function searchLines(answer: SearchAnswer, from: number, fields: readonly string[] = []): string[] {
  const { hits, coverage, took, complete, aggregations = {} } = answer;
  const lines = fields.length === 0 ? hitLines(answer, from) : fieldTable(answer, from, fields);
  for (const [name, result] of Object.entries(aggregations)) lines.push(...aggregationLines(name, result), '');
  const { asked, answered } = coverage.shards;
  lines.push(`${totalWords(hits.total)} in ${took} ms; ${answered} of ${asked} shards answered`);
  if (!complete) lines.push('The answer is incomplete.');
  const { behind, oldestUnseenMs } = coverage.freshness;
  if (behind === null) lines.push('How far it is behind what was written is not known.');
  else if (behind > 0) lines.push(`It is ${behind} writes behind, the oldest by ${oldestUnseenMs} ms or more.`);
  for (const { code, leaf, shards } of coverage.failures) {
    const place = leaf === undefined ? '' : ` on ${leaf}`;
    lines.push(`  ${shards.length === 1 ? 'shard' : 'shards'} ${shards.join(', ')}${place}: ${code}`);
  }
  return lines;
}

function hitLines({ hits }: SearchAnswer, from: number): string[] {
  return hits.hits.map((hit, i) => {
    return `${String(from + i + 1).padStart(4)}  ${scoreOf(hit).padStart(8)}  ${hit._id}  ${shorten(hit._source)}`;
  });
}

function fieldTable({ hits }: SearchAnswer, from: number, fields: readonly string[]): string[] {
  if (hits.hits.length === 0) return [];
  const rows = hits.hits.map((hit, i) => {
    return [from + i + 1, scoreOf(hit), hit._id, ...fields.map((field) => cellOf(valueAt(hit._source, field)))];
  });
  return textTable([['', 'score', 'key', ...fields], ...rows]);
}

function scoreOf({ _score: score }: SearchAnswer['hits']['hits'][number]): string {
  return score === null ? '-' : score.toFixed(3);
}

/** The value under a path, with a literal name that has dots first. */
function valueAt(source: unknown, path: string): unknown {
  if (typeof source !== 'object' || source === null) return undefined;
  const record = source as Readonly<Record<string, unknown>>;
  if (Object.hasOwn(record, path)) return record[path];
  const dot = path.indexOf('.');
  return dot < 0 ? undefined : valueAt(record[path.slice(0, dot)], path.slice(dot + 1));
}

function cellOf(value: unknown): string | number {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= cellLengthMax ? text : `${text.slice(0, cellLengthMax - 1)}…`;
}

/** Buckets as a table, with what is below them as JSON; anything else as JSON. */
function aggregationLines(name: string, result: unknown): string[] {
  const buckets = (result as { readonly buckets?: unknown }).buckets;
  if (!Array.isArray(buckets)) return [`${name}: ${JSON.stringify(result)}`];
  const rows = (buckets as readonly Readonly<Record<string, unknown>>[]).map((bucket) => {
    const { key, key_as_string: text, doc_count: count, ...below } = bucket;
    return [cellOf(text ?? key), Number(count), Object.keys(below).length === 0 ? '' : JSON.stringify(below)];
  });
  return textTable([[name, 'documents', ''], ...rows]);
}

function totalWords(total: SearchAnswer['hits']['total']): string {
  if (total === undefined) return 'hits not counted';
  const more = total.relation === 'gte' ? 'at least ' : '';
  return `${more}${total.value} ${total.value === 1 ? 'hit' : 'hits'}`;
}

function shorten(source: unknown): string {
  const text = source === undefined ? '' : JSON.stringify(source);
  return text.length <= sourceLengthMax ? text : `${text.slice(0, sourceLengthMax - 1)}…`;
}
