/** `sheaf reindex` on real processes: what it says and does, and that nobody who writes or searches under the name loses anything by it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../cluster/start.ts';
import { must } from '../service/client.ts';
import { command, replaceLoop } from './replace-loop.ts';

interface Alias {
  readonly indexes: readonly { readonly index: string }[];
}

const seed = Number(process.env['SEED'] ?? 31);
/** So that the machine has something to do beside writes and searches. */
const restMsMax = 25;

test('sheaf reindex: an index, and then its alias, is replaced under writes and searches', async (t) => {
  t.diagnostic(`seed ${seed}`);
  const cluster = await startCluster({ leaves: 3, args: ['--roots', '2'] });
  t.after(() => cluster.stop());
  const progress = (line: string): void => t.diagnostic(line);
  const result = await replaceLoop({
    cluster,
    seed,
    kills: 0,
    pauseMsMax: 0,
    documents: 2000,
    shards: [5, 2],
    restMsMax,
    progress,
  });
  t.diagnostic(JSON.stringify({ operations: result.operations, searches: result.searches }));
  assert.deepEqual(result.faults, []);
  assert.match(
    result.said[0]!,
    /copies films into films-2, of 5 shards where there were 3\.\nfilms is an index: in the end/,
  );
  assert.match(result.said[0]!, /is at it already: it is watched/);
  assert.match(result.said[0]!, /\nfilms is films-2 now\. .*\nfilms-1 is kept as it was/);
  assert.match(result.said[1]!, /copies films-2 into films-3, of 2 shards where there were 5\./);
  const alias = `${cluster.url}/v1/aliases/films`;
  assert.deepEqual((await must<Alias>('GET', alias)).indexes, [{ index: 'films-3' }]);

  // What does not fit is no reason to lose it.
  const wrong = command(cluster.url, ['films', '--set', 'parity=integer']);
  assert.deepEqual(
    [await wrong.ended, /JOB_INCOMPLETE|do not fit the index/.test(wrong.output())],
    [1, true],
    wrong.output(),
  );
  assert.match(wrong.output(), /^rejected: \S+ at \/parity: DOCUMENT_FIELD_TYPE, .*$/m);
  assert.match(wrong.output(), /^rejected: [\d,]+ more$/m);
  assert.deepEqual((await must<Alias>('GET', alias)).indexes, [{ index: 'films-3' }]);
  await must('PUT', `${cluster.url}/v1/indexes/films/documents/after?refresh=wait`, { n: 9_999_999 });

  const back = command(cluster.url, ['films', '--back']);
  assert.equal(await back.ended, 0, back.output());
  assert.match(back.output(), /^films is films-2 again.*\nWhat was written since is in films-3 and not in films-2\./);
  assert.deepEqual((await must<Alias>('GET', alias)).indexes, [{ index: 'films-2' }]);
  await must('PUT', `${cluster.url}/v1/indexes/films/documents/later`, { n: 9_999_998 });

  // Each row: the arguments, what is said; the exit code is 1.
  const refused: [args: string[], says: RegExp][] = [
    [['nothing'], /no index and no alias nothing/],
    [['films-2', '--back'], /no reindex of the last day made films-2 what it is/],
    [['films', '--shards', '0'], /shards/],
  ];
  for (const [args, says] of refused) {
    const run = command(cluster.url, args);
    assert.deepEqual([await run.ended, says.test(run.output())], [1, true], run.output());
  }
});

test('sheaf reindex: no write is lost where roots, leaves and the log are killed', async (t) => {
  t.diagnostic(`seed ${seed}`);
  const cluster = await startCluster({ leaves: 3, args: ['--roots', '2'] });
  t.after(() => cluster.stop());
  const progress = (line: string): void => t.diagnostic(line);
  const options = { cluster, seed, kills: 3, pauseMsMax: 2500, documents: 800, shards: [5], restMsMax, progress };
  const result = await replaceLoop(options);
  t.diagnostic(JSON.stringify(result));
  assert.deepEqual(result.faults, []);
});
