/** The index of a load: what it is where it exists, and how it is made where it does not. */
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { AnswerError } from '../client/answer-error.ts';
import type { RootClient } from '../client/client.ts';

export interface NewIndex {
  readonly shards: number;
  /** Undefined leaves it to the root. */
  readonly replicas: number | undefined;
}

/** Undefined where there is none. @throws AnswerError unless the root says that there is such an index or that there is none */
export async function findSchema(client: RootClient, index: string): Promise<IndexSchema | undefined> {
  try {
    const found = await client.ask({ method: 'GET', path: pathOf(index) });
    return (found as { readonly schema: IndexSchema }).schema;
  } catch (error) {
    if (error instanceof AnswerError && error.code === 'INDEX_NOT_FOUND') return undefined;
    throw error;
  }
}

export async function createIndex(
  client: RootClient,
  index: string,
  definition: NewIndex & { readonly schema: unknown },
  say: (line: string) => void,
): Promise<void> {
  const { schema, shards, replicas } = definition;
  const body = JSON.stringify({ schema, shards, replicas });
  const created = await client.ask({ method: 'PUT', path: pathOf(index), body });
  const made = created as { readonly shards: number; readonly replicas: number };
  const copies = made.replicas === 1 ? '1 replica' : `${made.replicas} replicas`;
  say(`Created index ${index}: ${made.shards} shards, ${copies} of each.`);
}

/**
 * Of a load of which nothing was accepted. The index is not removed: others may have written to it since, and nothing would tell between looking
 * and removing.
 */
export function tellEmpty(index: string): string {
  return `Index ${index} stays, though nothing of this was accepted: sheaf index ${index} --delete removes it, with what others wrote to it.`;
}

function pathOf(index: string): string {
  return `/v1/indexes/${encodeURIComponent(index)}`;
}
