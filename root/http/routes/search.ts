/** Routes of searches. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asSheafError, SheafError } from '../../../shared/errors.ts';
import { isObject } from '../../../shared/json/read-object.ts';
import type { IndexDefinition } from '../../../shared/catalog/catalog.ts';
import type { SearchRequest } from '../../../shared/query/request.ts';
import { parseSearchBody } from '../../query/parse-search-body.ts';
import { parseSearchParameters } from '../../query/parse-search-parameters.ts';
import { SearchTrace } from '../../gather/search-trace.ts';
import { runAdmitted } from '../../plan/admitted.ts';
import { rollupSearch } from '../../rollup/rollup-search.ts';
import { search } from '../../search.ts';
import { readParameters } from '../parameters.ts';
import { renderSearch } from '../render-search.ts';
import { answers, indexParameter } from '../schemas.ts';
import { searchAnswer, searchBody, searchParameters } from '../search-schemas.ts';
import { peekTimeoutMs } from '../search-timeout.ts';
import type { RootServices } from '../services.ts';

/** A roll-up has no hits to list, so a search that does not say how many asks for none. */
function withSize<T>({ rollup }: IndexDefinition, body: T, none: number | string = 0): Record<string, unknown> {
  const fields = (body ?? {}) as Record<string, unknown>;
  return rollup === undefined || !isObject(fields) || Object.hasOwn(fields, 'size')
    ? fields
    : { ...fields, size: none };
}

export function registerSearchRoutes(app: FastifyInstance, services: RootServices): void {
  const { catalog, clock, config, metrics, tracer } = services;
  const tags = ['search'];

  const run = async (
    request: FastifyRequest,
    reply: FastifyReply,
    parse: (index: IndexDefinition) => SearchRequest,
  ): Promise<Buffer> => {
    const arrivedAt = clock.now() - reply.elapsedTime;
    const controller = new AbortController();
    reply.raw.on('close', () => {
      if (!reply.raw.writableFinished) controller.abort(new SheafError('NOT_READY'));
    });
    const { index: name } = request.params as { index: string };
    const index = await catalog.find(name, peekTimeoutMs(request, config));
    const parsed = parse(index);
    const asked = index.rollup === undefined ? parsed : rollupSearch(index.rollup, parsed);
    const { priority = 'interactive', timeoutMs = config.timeoutMs } = parsed;
    const { traceparent } = request.headers;
    const trace = tracer === null ? null : SearchTrace.begin(tracer, { index: name, traceparent, at: arrivedAt });
    try {
      const answer = await runAdmitted(services, { index, priority, arrivedAt, timeoutMs }, () =>
        search(services, config, index, asked, { arrivedAt, signal: controller.signal, trace }),
      );
      metrics.searches.inc({ outcome: answer.coverage.shards.failed === 0 ? 'complete' : 'partial' });
      for (const { code, shards } of answer.coverage.failures) metrics.shardFailures.inc({ code }, shards.length);
      reply.header('content-type', 'application/json; charset=utf-8');
      const body = renderSearch(index, parsed, answer);
      trace?.answered(answer.coverage, clock.now());
      return body;
    } catch (error) {
      const { code } = asSheafError(error);
      if (controller.signal.aborted) {
        trace?.cancelled(clock.now());
        metrics.searches.inc({ outcome: 'cancelled' });
      } else {
        trace?.failed(code, clock.now());
        metrics.searches.inc({ outcome: code === 'OVERLOADED' ? 'refused' : 'error' });
      }
      throw error;
    }
  };

  app.post('/v1/indexes/:index/search', {
    schema: {
      tags,
      summary: 'Search and aggregate',
      description:
        'The body is Elasticsearch’s query language as far as docs/query-language.md has it. `complete` and `coverage` say how much of the index the answer speaks for; below `coverage.min` it is an error.',
      params: indexParameter,
      body: searchBody,
      response: answers({ 200: searchAnswer }),
    },
    handler: (request, reply) => {
      readParameters(request.query, []);
      return run(request, reply, (index) => parseSearchBody(withSize(index, request.body), index.schema, config));
    },
  });

  app.get('/v1/indexes/:index/search', {
    schema: {
      tags,
      summary: 'Search by a query string',
      params: indexParameter,
      querystring: searchParameters,
      response: answers({ 200: searchAnswer }),
    },
    handler: (request, reply) =>
      run(request, reply, (index) => parseSearchParameters(withSize(index, request.query, '0'), index.schema, config)),
  });
}
