/** A root in this process whose only leaf says what a test wants. Touches the world: sockets, timers. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { startRoot } from '../../root/main.ts';
import { readConfig } from '../../shared/config/read.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { send } from './client.ts';
import { FakeLeaf, index } from './fake-leaf.ts';

export interface BesideFakeLeaf {
  readonly leaf: FakeLeaf;
  /** Where the leaf's index is searched. */
  readonly searchUrl: string;
}

/** Resolves when the root answers searches. Both end with the test. */
export async function startBesideFakeLeaf(t: TestContext): Promise<BesideFakeLeaf> {
  const leaf = new FakeLeaf();
  t.after(() => leaf.close());
  const leaves = `leaf-0=127.0.0.1:${await leaf.listen()}`;
  const config = readConfig('root', { port: '0', leaves, log: '127.0.0.1:9', telemetryLevel: 'silent' }, {});
  const root = await startRoot(config, silentTelemetry, {});
  t.after(() => root.close());
  const searchUrl = `http://127.0.0.1:${root.port}/v1/indexes/${index.name}/search`;
  for (let tries = 0; (await send('POST', searchUrl, {})).status !== 200; tries++) {
    assert.ok(tries < 1000, 'the root is not ready');
    await sleep(30);
  }
  return { leaf, searchUrl };
}
