/** GET /v1/indexes/{index}/rows: all sums of one shard of a roll-up, for exports. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { SheafError } from '../../../shared/errors.ts';
import { requireOperation } from '../../kinds/root-kind.ts';
import { scanRows } from '../../rollup/scan-rows.ts';
import { readParameters } from '../parameters.ts';
import { tellToken, tokenHeaders, tokenOf } from '../read-token.ts';
import { answers, indexParameter } from '../schemas.ts';
import type { RootServices } from '../services.ts';

const rowsTimeoutMs = 30_000;

/** Header that names the state the rows are of. */
const offsetHeader = 'sheaf-log-offset';

export function registerRowsRoute(app: FastifyInstance, services: RootServices): void {
  app.get('/v1/indexes/:index/rows', {
    schema: {
      tags: ['indexes'],
      summary: 'All rows of one shard of a roll-up',
      description:
        'NDJSON, one row a line: {"dimensions", "metrics", "increments"}; sums beyond 2^53 are strings. The rows are of one moment: the header sheaf-log-offset says up to which log offset of the shard they hold every increment, and no later one.',
      params: indexParameter('visits'),
      headers: tokenHeaders,
      querystring: Type.Object({
        shard: Type.Integer({ minimum: 0, description: 'From 0 to the shards of the index.', examples: [0] }),
      }),
      response: answers({ 200: Type.String({ description: 'NDJSON.' }) }),
    },
    handler: async (request, reply) => {
      const { shard: text } = readParameters(request.query, ['shard']);
      const index = await services.catalog.find((request.params as { index: string }).index);
      requireOperation(services.kinds, index, 'readRows');
      const shard = readShard(text, index.shards);
      const left = new AbortController();
      reply.raw.on('close', () => {
        if (!reply.raw.writableFinished) left.abort(new SheafError('NOT_READY'));
      });
      const { lines, offset, token } = await scanRows(services, {
        index,
        shard,
        token: tokenOf(request),
        timeoutMs: rowsTimeoutMs,
        signal: left.signal,
      });
      tellToken(reply, token);
      reply.header('content-type', 'application/x-ndjson').header(offsetHeader, String(offset));
      return reply.send(Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength));
    },
  });
}

/** @throws SheafError PARAMETER_INVALID */
function readShard(text: string | undefined, shards: number): number {
  const shard = Number(text);
  if (text !== undefined && /^\d+$/.test(text) && shard < shards) return shard;
  const detail = { expected: `a whole number from 0 to ${shards - 1}`, actual: text ?? null };
  throw new SheafError('PARAMETER_INVALID', { at: 'shard', detail });
}
