/** A root that has come before the log: what it has not read it does not list as nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SheafError } from '../../shared/errors.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { CatalogCopy } from '../catalog/catalog-copy.ts';
import { defineIndex } from '../catalog/define-index.ts';
import { composeRoot } from '../compose.ts';
import { testParts } from './test-root.ts';

/** One that nobody can ask for its end until it is there. */
class LateLog extends MemoryLog {
  isThere = true;

  override async heads(partitions: readonly string[]): Promise<number[]> {
    if (!this.isThere) {
      await sleep(10);
      throw new SheafError('LOG_UNAVAILABLE');
    }
    return await super.heads(partitions);
  }

  override subscribe(...asked: Parameters<MemoryLog['subscribe']>): ReturnType<MemoryLog['subscribe']> {
    const [partition, from, onBatch] = asked;
    if (this.isThere) return super.subscribe(partition, from, onBatch);
    let subscription: ReturnType<MemoryLog['subscribe']> | null = null;
    const timer = setInterval(() => {
      if (!this.isThere || subscription !== null) return;
      subscription = super.subscribe(partition, from, onBatch);
      clearInterval(timer);
    }, 10);
    return {
      partition,
      close: () => {
        clearInterval(timer);
        subscription?.close();
      },
    };
  }
}

for (const [list, found] of [
  ['/v1/indexes', 'indexes'],
  ['/v1/aliases', 'aliases'],
] as const) {
  test(`GET ${list} of a root that knows no catalog yet is LOG_UNAVAILABLE, and not an empty list`, async (t) => {
    const log = new LateLog(() => 0);
    const before = new CatalogCopy(log);
    const { definition } = await defineIndex(before, 'films-1', parseIndexBody({ schema: { fields: {} } }));
    const target = { index: 'films-1', id: definition.id };
    await before.append('_aliases', { change: 'setAliases', actions: [{ action: 'add', alias: 'films', target }] });
    before.close();
    log.isThere = false;
    const root = await composeRoot(testParts(log));
    t.after(() => root.close());
    const ask = () => root.server.app.inject({ method: 'GET', url: list });
    const refused = await ask();
    assert.equal(refused.statusCode, 503);
    assert.equal(refused.json<{ error: { code: string } }>().error.code, 'LOG_UNAVAILABLE');
    log.isThere = true;
    const answer = await ask();
    assert.equal(answer.json<Record<string, unknown[]>>()[found]?.length, 1);
  });
}
