/** `sheaf analyze`: the terms that a text becomes. */
import type { AnalyzeConfig } from '../../shared/config/read.ts';
import { RootClient } from '../client/client.ts';
import { textTable } from '../cluster/table.ts';
import { CommandFailure } from '../failure.ts';

interface Token {
  readonly token: string;
  readonly position: number;
  readonly start_offset: number;
  readonly end_offset: number;
}

/** @returns exit code 0 */
export async function analyze(
  config: AnalyzeConfig,
  index: string,
  text: string,
  say: (line: string) => void,
): Promise<number> {
  const { field, analyzer } = config;
  if ((field === undefined) === (analyzer === undefined)) throw new CommandFailure('say --field or --analyzer');
  const client = new RootClient(config.url);
  try {
    const path = `/v1/indexes/${encodeURIComponent(index)}/analyze`;
    const body = JSON.stringify({ field, analyzer, text });
    const answer = (await client.ask({ method: 'POST', path, body })) as { readonly tokens: readonly Token[] };
    if (config.json) say(JSON.stringify(answer, null, 2));
    else {
      const rows = answer.tokens.map((token) => [token.position, token.token, token.start_offset, token.end_offset]);
      for (const line of textTable([['position', 'term', 'start', 'end'], ...rows])) say(line);
    }
    return 0;
  } finally {
    await client.close();
  }
}
