import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBesideFakeLeaf } from './beside-fake-leaf.ts';

test('overload: a whole query is refused at the root with 429 and Retry-After, and no leaf hears of it', async (t) => {
  const { leaf, searchUrl } = await startBesideFakeLeaf(t);
  let asked = 0;
  leaf.onTask = (task) => {
    asked++;
    leaf.answer(task);
  };
  const ask = (timeout: number, priority = 'interactive'): Promise<Response> => {
    const body = JSON.stringify({ timeout, priority });
    return fetch(searchUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  };
  /** A query with much time is let in, and answered after what was told before it. */
  const tell = async (interactiveMs: number): Promise<void> => {
    leaf.tellBacklog({ interactiveMs, batchMs: interactiveMs, taskMs: 1 });
    assert.equal((await ask(60_000)).status, 200);
  };

  await tell(3000);
  const askedBefore = asked;
  for (const [priority, standingMs, burstMs] of [
    ['interactive', 1250, 2500],
    ['batch', 625, 625],
  ] as const) {
    const refused = await ask(5000, priority);
    const { error } = (await refused.json()) as { error: { code: string; detail: object } };
    assert.deepEqual([refused.status, error.code], [429, 'OVERLOADED']);
    const limits = { standingMs, burstMs, burstLastsMs: 5000 };
    assert.deepEqual(error.detail, { priority, timeoutMs: 5000, ...limits });
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  }
  assert.equal(asked, askedBefore);

  await tell(2000);
  assert.equal((await ask(5000)).status, 200, 'the line may be a burst');
  assert.equal((await ask(5000, 'batch')).status, 429, 'batch is refused before');
  await tell(0);
  assert.equal((await ask(5000, 'batch')).status, 200);
});

test('overload: a leaf whose backlog cannot be read is dialled anew, and searches go on', async (t) => {
  const { leaf, searchUrl } = await startBesideFakeLeaf(t);
  const accepted = leaf.accepted;
  leaf.tellBacklog({ interactiveMs: 'long' });
  while (leaf.accepted === accepted) await sleep(5);
  for (;;) {
    const answer = await fetch(searchUrl, { method: 'POST' });
    if (answer.status === 200) break;
    await sleep(20);
  }
});
