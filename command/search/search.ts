/** `sheaf search`: one search over HTTP, shown as text. */
import type { SearchConfig } from '../../shared/config/read.ts';
import { AnswerError } from '../client/answer-error.ts';
import { RootClient } from '../client/client.ts';
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
  readonly hits: {
    readonly total?: { readonly value: number; readonly relation: 'eq' | 'gte' };
    readonly hits: readonly { readonly _id: string; readonly _score: number | null; readonly _source?: unknown }[];
  };
}

/** An answer that misses shards is an answer, but a script must be able to tell. */
const incompleteExitCode = 2;
const sourceLengthMax = 160;

/** @returns exit code: 0, or 2 where the answer is incomplete */
export async function search(
  config: SearchConfig,
  index: string,
  query: string,
  say: (line: string) => void,
): Promise<number> {
  const client = new RootClient(config.url);
  try {
    const path = `/v1/indexes/${encodeURIComponent(index)}/search?${parameters(config, query)}`;
    const answer = (await askKept(client, index, path, config.tokenFile)) as SearchAnswer;
    if (config.json) say(JSON.stringify(answer, null, 2));
    else for (const line of searchLines(answer, config.from)) say(line);
    return answer.complete ? 0 : incompleteExitCode;
  } finally {
    await client.close();
  }
}

/** Asks for nothing older than what the file says was seen, and keeps what is seen now. */
async function askKept(client: RootClient, index: string, path: string, file: string | undefined): Promise<unknown> {
  if (file === undefined) return await client.ask({ method: 'GET', path });
  const kept = new TokenFile(file);
  const ask = async (token: string | undefined): Promise<unknown> => {
    const read = await client.read({ method: 'GET', path, token });
    if (read.token !== undefined) kept.keep(client.url, index, read.token);
    return read.answer;
  };
  try {
    return await ask(kept.tokenOf(client.url, index));
  } catch (error) {
    // The index was deleted and created again: what was seen of it is gone.
    if (error instanceof AnswerError && error.code === 'TOKEN_INVALID') return await ask(undefined);
    throw error;
  }
}

function parameters({ size, from, sort, timeout }: SearchConfig, query: string): string {
  const given = { q: query, size: String(size), from: String(from), sort, timeout };
  const present = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(present).toString();
}

/** Hits, total and coverage as lines. Pure. */
export function searchLines({ hits, coverage, took, complete }: SearchAnswer, from: number): string[] {
  const lines = hits.hits.map((hit, i) => {
    const score = hit._score === null ? '-' : hit._score.toFixed(3);
    return `${String(from + i + 1).padStart(4)}  ${score.padStart(8)}  ${hit._id}  ${shorten(hit._source)}`;
  });
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

function totalWords(total: SearchAnswer['hits']['total']): string {
  if (total === undefined) return 'hits not counted';
  const more = total.relation === 'gte' ? 'at least ' : '';
  return `${more}${total.value} ${total.value === 1 ? 'hit' : 'hits'}`;
}

function shorten(source: unknown): string {
  const text = source === undefined ? '' : JSON.stringify(source);
  return text.length <= sourceLengthMax ? text : `${text.slice(0, sourceLengthMax - 1)}…`;
}
