/** `sheaf get`: one document by key, as it was sent. */
import type { GetConfig } from '../../shared/config/read.ts';
import { RootClient } from '../client/client.ts';
import { documentPath } from './document-path.ts';

/** @returns exit code 0 */
export async function get(config: GetConfig, index: string, key: string, say: (line: string) => void): Promise<number> {
  const client = new RootClient(config.url);
  try {
    const { answer } = await client.read({ method: 'GET', path: documentPath(index, key, config) });
    say(JSON.stringify(config.json ? answer : (answer as { readonly _source: unknown })._source, null, 2));
    return 0;
  } finally {
    await client.close();
  }
}
