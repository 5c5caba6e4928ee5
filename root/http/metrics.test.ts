import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRootMetrics } from './metrics.ts';

test('metrics: every outcome of hedges is there from the beginning', async () => {
  const { registry, onHedges } = createRootMetrics();
  const hedges = async (): Promise<string[]> => {
    const text = await registry.getSingleMetricAsString('sheaf_root_hedges_total');
    return text.split('\n').flatMap((line) => /outcome="(\w+)".* (\d+)$/.exec(line)?.slice(1).join(' ') ?? []);
  };
  assert.deepEqual(await hedges(), ['issued 0', 'won 0', 'wasted 0', 'refused 0']);
  onHedges({ issued: 3, won: 1, wasted: 2, refused: 4 });
  assert.deepEqual(await hedges(), ['issued 3', 'won 1', 'wasted 2', 'refused 4']);
});
