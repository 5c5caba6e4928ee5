/** Random timeouts with a leaf frozen and no other replica: how late answers are, beside a bare timer. */
import { createRandom } from '../../shared/random/random.ts';
import { createHistogram, runOpenLoop } from './open-loop.ts';
import { percentileCells, percentileColumns } from './show-latencies.ts';
import { makeBodies, searchPath, withService, type ScenarioFindings, type TailContext } from './tail-context.ts';

const index = 'tail';
const timeoutMsMin = 5;
const timeoutMsMax = 200;
const rate = 100;

export async function latenessScenario(context: TailContext): Promise<ScenarioFindings> {
  const { clock } = context;
  const queries = Math.ceil(context.queries / 10);
  const random = createRandom(context.seed + 2);
  const timeouts = Array.from({ length: queries }, () => random.integer(timeoutMsMin, timeoutMsMax));
  const bodyOf = makeBodies(context);
  const plan = { leaves: 4, indexes: [{ name: index, shards: 16, replicas: 1 }] };
  return await withService(context, plan, async (cluster) => {
    const [late, bare] = [createHistogram(), createHistogram()];
    const record = (histogram: typeof late, lateMs: number): void => {
      histogram.recordValue(Math.max(0, Math.round(lateMs * 1000)));
    };
    cluster.signal('leaf-1', 'SIGSTOP');
    let ended = 0;
    const { counts, firstFailure } = await runOpenLoop({
      url: cluster.url,
      path: searchPath(index),
      bodyOf: (at) => bodyOf(at).replace('{', `{"timeout":${timeouts[at]!},"coverage":{"min":0,"strict":true},`),
      queries,
      rate,
      random: createRandom(context.seed),
      clock,
      onSend: (at, intendedAt) => {
        const timeoutMs = timeouts[at]!;
        setTimeout(() => record(bare, clock.now() - intendedAt - timeoutMs), timeoutMs);
      },
      onOutcome: ({ at, latencyMs }) => {
        record(late, latencyMs - timeouts[at]!);
        context.progress(`lateness: ${++ended} of ${queries} queries`);
      },
    });
    return {
      tables: [
        {
          title: `Lateness of ${queries.toLocaleString('en-US')} queries with timeouts of ${timeoutMsMin} to ${timeoutMsMax} ms, a leaf frozen, no other replica`,
          columns: ['what', ...percentileColumns, 'complete', 'incomplete', 'failed'],
          rows: [
            ['answers', ...percentileCells(late), counts.complete, counts.incomplete, counts.failed + counts.refused],
            ['bare timers', ...percentileCells(bare), '', '', ''],
          ],
        },
      ],
      notes: [
        'Lateness is what the client sees beyond the timeout it gave, counted from when the query should have been sent. A bare timer of the same length starts in the same process as each query leaves. An answer ahead of its deadline counts as 0 ms late.',
        ...(firstFailure === undefined ? [] : [`lateness: ${firstFailure}`]),
      ],
    };
  });
}
