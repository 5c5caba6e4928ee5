import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfig } from '../../shared/config/read.ts';
import { search } from './search.ts';

const answer = {
  took: 1,
  complete: true,
  coverage: { shards: { asked: 1, answered: 1, failed: 0 }, freshness: { behind: 0, oldestUnseenMs: 0 }, failures: [] },
  hits: { hits: [] },
};
const refusal = { error: { code: 'TOKEN_INVALID', message: 'no', fix: 'none' }, status: 400 };

test('search: gives back from call to call what it has seen of an index, and begins anew where that is no token of it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-token-file-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const given: string[] = [];
  const server = createServer((request, response) => {
    const token = request.headers['sheaf-token'] as string | undefined;
    const index = request.url!.split('/')[3]!;
    given.push(`${index} ${token ?? '-'}`);
    const isOld = token === 'old';
    response.writeHead(isOld ? 400 : 200, {
      'content-type': 'application/json',
      'sheaf-token': `${index}${given.length}`,
    });
    response.end(JSON.stringify(isOld ? refusal : answer));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tokenFile = join(folder, 'tokens.json');
  const call = async (index: string, file: Record<string, string> = { tokenFile }): Promise<void> => {
    assert.equal(await search(readConfig('search', { url, ...file }, {}), index, 'x', () => undefined), 0);
  };
  await call('a');
  await call('b');
  await call('a');
  await call('a', {});
  writeFileSync(tokenFile, JSON.stringify({ [`${url} a`]: 'old' }));
  await call('a');
  writeFileSync(tokenFile, 'broken');
  await call('b');
  assert.deepEqual(given, ['a -', 'b -', 'a a1', 'a -', 'a old', 'a -', 'b -']);
  assert.deepEqual(readdirSync(folder), ['tokens.json']);
});
