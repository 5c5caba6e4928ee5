import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logMetrics } from './metrics.ts';
import type { LogService } from './service.ts';

/** The samples of the log's own metrics by name and labels. */
async function scrape({ registry }: ReturnType<typeof logMetrics>): Promise<Map<string, number>> {
  const lines = (await registry.metrics()).matchAll(/^(sheaf_\S+) (\S+)$/gm);
  return new Map(Array.from(lines, ([, name, value]) => [name!, Number(value)]));
}

test('logMetrics: appends and transactions are counted, and the time of these in seconds', async () => {
  const metrics = logMetrics();
  metrics.onCommit({ appends: 3, tookMs: 4 });
  metrics.onCommit({ appends: 2, tookMs: 1500 });
  const samples = await scrape(metrics);
  assert.equal(samples.get('sheaf_log_appends_total'), 5);
  assert.equal(samples.get('sheaf_log_commit_seconds_count'), 2);
  assert.equal(samples.get('sheaf_log_commit_seconds_sum'), 1.504);
});

test('logMetrics: a commit is told within a factor of 2.5, from half a millisecond to five seconds', async () => {
  const metrics = logMetrics();
  metrics.onCommit({ appends: 1, tookMs: 1 });
  const borders = Array.from((await scrape(metrics)).keys(), (name) => /_bucket\{le="([\d.]+)"\}/.exec(name)?.[1]);
  const seconds = borders.filter((border) => border !== undefined).map(Number);
  assert.deepEqual([seconds[0], seconds.at(-1)], [0.0005, 5]);
  for (const [i, border] of seconds.entries()) {
    if (i > 0) assert.ok(border > seconds[i - 1]! && border <= 2.5 * seconds[i - 1]!, `${seconds[i - 1]} to ${border}`);
  }
});

test('logMetrics: the figures of the service are those at the time of the scrape', async () => {
  const metrics = logMetrics();
  const service = { partitionCount: 2, subscriptionCount: 7 };
  metrics.observe(service as LogService);
  const figures = async (): Promise<unknown[]> => {
    const samples = await scrape(metrics);
    return [samples.get('sheaf_log_partitions'), samples.get('sheaf_log_subscriptions')];
  };
  assert.deepEqual(await figures(), [2, 7]);
  service.partitionCount = 4;
  service.subscriptionCount = 0;
  assert.deepEqual(await figures(), [4, 0]);
});
