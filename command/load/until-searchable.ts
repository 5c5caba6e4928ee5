/** What was loaded is durable; whoever searches right after should find it. */
import { AnswerError } from '../client/answer-error.ts';
import type { RootClient } from '../client/client.ts';

const waitTimeout = '10s';

/** Resolves when a search sees all of the token's writes, or says that some cannot be seen yet. */
export async function untilSearchable(
  client: RootClient,
  index: string,
  token: string,
  say: (line: string) => void,
): Promise<void> {
  const body = JSON.stringify({ size: 0, track_total_hits: false, token, timeout: waitTimeout });
  try {
    await client.ask({ method: 'POST', path: `/v1/indexes/${encodeURIComponent(index)}/search`, body });
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error;
    say(`All of it is durable; some of it cannot be searched yet (${error.code ?? error.status}).`);
  }
}
