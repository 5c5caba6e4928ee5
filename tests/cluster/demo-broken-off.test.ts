import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { synsetCount } from '../../command/demo/wordnet.ts';
import { startCluster } from './start.ts';

test('up --demo: a load that was broken off is completed by the next start', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const first = await startCluster({ leaves: 1, data, demo: true });
  t.after(() => first.stop());
  await first.printed('Loading');
  await first.stop();
  assert.equal(first.up.exitCode, 0, first.output());
  assert.doesNotMatch(first.output(), /curl/);

  const second = await startCluster({ leaves: 1, data, demo: true });
  t.after(() => second.stop());
  await second.printed('Ctrl-C');
  assert.match(second.output(), /Loading WordNet/);
  const answer = await fetch(`${second.url}/v1/indexes/wordnet/search?size=0&track_total_hits=true`);
  const { hits } = (await answer.json()) as { hits: { total: { value: number } } };
  assert.equal(hits.total.value, synsetCount);
});
