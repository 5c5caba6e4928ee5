/** Routes of searches. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { SheafError } from '../../../shared/errors.ts';
import { neverLate, runInSlices } from '../../plan/run-in-slices.ts';
import { parseSearchBody } from '../../query/parse-search-body.ts';
import { parseSearchParameters } from '../../query/parse-search-parameters.ts';
import { readRoutings } from '../../query/read-routing.ts';
import { runSearch } from '../../run-search.ts';
import type { SearchAsk, SearchServices } from '../../search-ask.ts';
import { readParameters } from '../parameters.ts';
import { tellToken, tokenHeaders, tokenOf } from '../read-token.ts';
import { renderInSteps } from '../render-search.ts';
import { answers, searchedParameter } from '../schemas.ts';
import { routingOfSearch, searchAnswer, searchBody, searchParameters } from '../search-schemas.ts';
import { peekTimeoutMs } from '../search-timeout.ts';

export function registerSearchRoutes(
  app: FastifyInstance,
  services: SearchServices & { readonly timeOfDay: () => number },
): void {
  const { clock, config, timeOfDay } = services;
  const tags = ['search'];

  const run = async (request: FastifyRequest, reply: FastifyReply, read: SearchAsk['read']): Promise<Buffer> => {
    // Of several indexes, and of filters of aliases, all mean the same by it.
    const now = timeOfDay();
    const arrivedAt = clock.now() - reply.elapsedTime;
    const left = new AbortController();
    reply.raw.on('close', () => {
      if (!reply.raw.writableFinished) left.abort(new SheafError('NOT_READY'));
    });
    const found = await runSearch(services, {
      index: (request.params as { index: string }).index,
      findMs: peekTimeoutMs(request, config),
      read: (schema, defaults) => read(schema, { ...defaults, now }),
      arrivedAt,
      now,
      signal: left.signal,
      token: tokenOf(request),
      traceparent: request.headers['traceparent'],
    });
    reply.header('content-type', 'application/json; charset=utf-8');
    tellToken(reply, found.answer.token);
    // What is found in time is told, and takes what that takes.
    return await runInSlices(services, renderInSteps(found), { until: Infinity, signal: left.signal, late: neverLate });
  };

  app.post('/v1/indexes/:index/search', {
    schema: {
      tags,
      summary: 'Search and aggregate',
      description:
        'The body is Elasticsearch’s query language as far as docs/query-language.md has it. `complete` and `coverage` say how much of the index the answer speaks for; below `coverage.min` it is an error.',
      params: searchedParameter,
      headers: tokenHeaders,
      querystring: Type.Object({ routing: routingOfSearch }),
      body: searchBody,
      response: answers({ 200: searchAnswer }),
    },
    handler: (request, reply) => {
      const { routing } = readParameters(request.query, ['routing']);
      const routed = routing === undefined ? {} : { routing: readRoutings(routing) };
      return run(request, reply, (schema, defaults) => {
        return { ...parseSearchBody(request.body ?? {}, schema, defaults), ...routed };
      });
    },
  });

  app.get('/v1/indexes/:index/search', {
    schema: {
      tags,
      summary: 'Search by a query string',
      params: searchedParameter,
      headers: tokenHeaders,
      querystring: searchParameters,
      response: answers({ 200: searchAnswer }),
    },
    handler: (request, reply) => {
      const parameters = request.query as Readonly<Record<string, unknown>>;
      return run(request, reply, (schema, defaults) => parseSearchParameters(parameters, schema, defaults));
    },
  });
}
