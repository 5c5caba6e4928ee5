/** Reads every document of an index, page by page, through its searches. */
import { setTimeout as sleep } from 'node:timers/promises';
import { must, send } from '../service/client.ts';

interface Page {
  readonly hits: { readonly hits: readonly Hit[]; readonly total: { readonly value: number } };
  readonly complete: boolean;
}

interface Hit {
  readonly _id: string;
  readonly _source: Readonly<Record<string, unknown>>;
  readonly sort: readonly unknown[];
}

const pageSize = 2000;
const pageTries = 100;
const againMs = 200;
/** Deletions of keys that are nowhere: some in every shard. */
const passedKeys = 200;

/**
 * Waits until every replica has what was acknowledged before the call.
 * @param url of the index
 */
export async function reachAll(url: string): Promise<void> {
  const lines = Array.from({ length: passedKeys }, (_, i) => `{"_delete":"nobody-${i}"}\n`);
  const { refreshed } = await must<{ refreshed: boolean }>('POST', `${url}/documents?refresh=wait`, lines.join(''));
  if (!refreshed) throw new Error(`${url}: a replica does not catch up`);
}

/**
 * @param field an integer that no two documents have in common
 * @returns sources by key
 * @throws Error where a key comes twice, or the pages have another number of documents than the search counts
 */
export async function readAll(url: string, field: string): Promise<Map<string, Readonly<Record<string, unknown>>>> {
  const documents = new Map<string, Readonly<Record<string, unknown>>>();
  let after: readonly unknown[] | null = null;
  for (;;) {
    const body: object = {
      sort: [field],
      size: pageSize,
      track_total_hits: true,
      timeout: '30s',
      coverage: { min: 1, strict: true },
      ...(after === null ? {} : { search_after: after }),
    };
    const hits = await readPage(url, body);
    for (const { _id, _source } of hits.hits) {
      if (documents.has(_id)) throw new Error(`${url}: ${_id} is there twice`);
      documents.set(_id, _source);
    }
    const last: Hit | undefined = hits.hits.at(-1);
    if (last === undefined) {
      if (hits.total.value !== documents.size) {
        throw new Error(`${url}: ${documents.size} documents were read of ${hits.total.value}`);
      }
      return documents;
    }
    after = last.sort;
  }
}

/** Where a replica was killed a moment ago, a page may not be complete. */
async function readPage(url: string, body: object): Promise<Page['hits']> {
  for (let tries = 1; ; tries++) {
    const { status, body: page } = await send<Page>('POST', `${url}/search`, body);
    if (status === 200 && page.complete) return page.hits;
    if (tries >= pageTries) throw new Error(`${url}: ${status} ${JSON.stringify(page).slice(0, 500)}`);
    await sleep(againMs);
  }
}
