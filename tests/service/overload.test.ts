import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBesideFakeLeaf } from './beside-fake-leaf.ts';
import type { AskedTask } from './fake-leaf.ts';

test('overload: a whole query is refused at the root with 429 and Retry-After, and no leaf hears of it', async (t) => {
  const { leaf, searchUrl } = await startBesideFakeLeaf(t);
  const ask = (priority: string): Promise<Response> => {
    const body = JSON.stringify({ timeout: 5000, priority });
    const headers = { 'content-type': 'application/json' };
    return fetch(searchUrl, { method: 'POST', headers, body });
  };

  leaf.reported = { overloaded: true };
  leaf.report();
  // The door looks every 100 ms at what leaves report, and at how the queries since the last look have fared.
  await sleep(150);
  const waiting: AskedTask[] = [];
  leaf.onTask = (asked) => waiting.push(asked);
  const underWay = Array.from({ length: 6 }, () => ask('interactive'));
  while (waiting.length < underWay.length) await sleep(5);
  await sleep(150);
  for (const priority of ['interactive', 'batch']) {
    const refused = await ask(priority);
    const { error } = (await refused.json()) as {
      error: { code: string; detail: { limit: number; inFlight: number } };
    };
    assert.deepEqual([refused.status, error.code, error.detail.inFlight], [429, 'OVERLOADED', 6]);
    assert.ok(error.detail.limit < 6, `a limit of ${error.detail.limit}`);
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  }
  assert.equal(waiting.length, underWay.length);
  leaf.onTask = (asked) => leaf.answer(asked);
  for (const asked of waiting) leaf.answer(asked);
  for (const answer of await Promise.all(underWay)) assert.equal(answer.status, 200);
  assert.equal((await ask('interactive')).status, 200);
});
