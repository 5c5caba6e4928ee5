/** Makes sure that the index of a load exists, with a schema inferred from the documents where it does not. */
import { errorTable } from '../../shared/errors.ts';
import { AnswerError } from '../client/answer-error.ts';
import type { RootClient } from '../client/client.ts';
import { CommandFailure } from '../failure.ts';
import { inferSchema } from './infer-schema.ts';

export interface NewIndex {
  readonly shards: number;
  /** Undefined leaves it to the root. */
  readonly replicas: number | undefined;
}

/** @throws AnswerError unless the root says that there is such an index or that there is none */
export async function indexExists(client: RootClient, index: string): Promise<boolean> {
  try {
    await client.ask({ method: 'GET', path: `/v1/indexes/${encodeURIComponent(index)}` });
    return true;
  } catch (error) {
    if (error instanceof AnswerError && error.code === 'INDEX_NOT_FOUND') return false;
    throw error;
  }
}

/**
 * Creates the index and says with what schema.
 * @throws CommandFailure where the documents have no field that can be searched
 */
export async function createInferred(
  client: RootClient,
  index: string,
  documents: readonly unknown[],
  options: NewIndex,
  say: (line: string) => void,
): Promise<void> {
  const { schema, leftOut } = inferSchema(documents);
  if (Object.keys(schema.fields).length === 0) {
    const why =
      leftOut.map(({ path, reason }) => `${path} (${reason})`).join(', ') || errorTable.DOCUMENT_NOT_OBJECT.message;
    throw new CommandFailure(`no schema can be inferred for ${index}: ${why}; create it with PUT /v1/indexes/${index}`);
  }
  const definition = { schema, shards: options.shards, replicas: options.replicas };
  say(`There is no index ${index} yet. Inferred from the first ${documents.length} documents:`);
  say(JSON.stringify(definition, null, 2));
  for (const { path, reason } of leftOut) say(`Field ${path} is stored but cannot be searched: ${reason}.`);
  say('dynamic is "false": fields that only later documents have are stored, but cannot be searched.');
  const created = (await client.ask({
    method: 'PUT',
    path: `/v1/indexes/${encodeURIComponent(index)}`,
    body: JSON.stringify(definition),
  })) as { readonly shards: number; readonly replicas: number };
  const { shards, replicas } = created;
  say(`Created index ${index}: ${shards} shards, ${replicas === 1 ? '1 replica' : `${replicas} replicas`} of each.`);
}
