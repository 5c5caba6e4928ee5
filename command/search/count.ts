/** `sheaf count`: how many documents an index has, or a query finds. */
import type { CountConfig } from '../../shared/config/read.ts';
import { RootClient } from '../client/client.ts';
import { incompleteExitCode, type SearchAnswer } from './search.ts';

/** @param query empty: all documents @returns exit code: 0, or 2 where the answer is incomplete */
export async function count(
  config: CountConfig,
  index: string,
  query: string,
  say: (line: string) => void,
): Promise<number> {
  const client = new RootClient(config.url);
  try {
    const parameters = new URLSearchParams({
      size: '0',
      track_total_hits: 'true',
      ...(query === '' ? {} : { q: query }),
      ...(config.routing === undefined ? {} : { routing: config.routing }),
    });
    const path = `/v1/indexes/${encodeURIComponent(index)}/search?${parameters.toString()}`;
    const answer = (await client.ask({ method: 'GET', path })) as SearchAnswer;
    const { value, relation } = answer.hits.total!;
    say(config.json ? JSON.stringify(answer, null, 2) : `${relation === 'gte' ? 'at least ' : ''}${value}`);
    return answer.complete ? 0 : incompleteExitCode;
  } finally {
    await client.close();
  }
}
