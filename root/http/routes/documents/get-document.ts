import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { termOfIndex } from '../../../../shared/catalog/index-id.ts';
import { SheafError } from '../../../../shared/errors.ts';
import { splitRouting } from '../../../../shared/schema/routing.ts';
import { getDocument } from '../../../get-document.ts';
import { requireOperation } from '../../../kinds/root-kind.ts';
import { readParameters, requireOneOf } from '../../parameters.ts';
import { tellToken, tokenHeaders, tokenOf } from '../../read-token.ts';
import { answers, documentParameters } from '../../schemas.ts';
import type { RootServices } from '../../services.ts';
import { entityTag, ifNoneMatchOfGet, isKnown } from './conditions.ts';
import { readDocumentName, readRouting } from './one-document.ts';
import { routingParameter, routingShown, sequenceShown, termShown, versionShown } from './write-schemas.ts';

const answer = Type.Object({
  _index: Type.String(),
  _id: Type.String(),
  _routing: routingShown,
  found: Type.Boolean(),
  version: versionShown,
  sequence: sequenceShown,
  term: termShown,
  _source: Type.Unknown(),
});

export function registerGet(app: FastifyInstance, services: RootServices): void {
  const { timeoutMs } = services.config;
  app.get('/v1/indexes/:index/documents/:key', {
    schema: {
      tags: ['documents'],
      summary: 'One document by key',
      description:
        'Sees every write acknowledged before it. With If-None-Match and the ETag of an earlier answer it is 304 where nothing has changed. With realtime=false it asks a replica as it is, which works while the log is down.',
      params: documentParameters,
      headers: Type.Object({ ...tokenHeaders.properties, ...ifNoneMatchOfGet }),
      querystring: Type.Object({
        realtime: Type.Optional(Type.String({ enum: ['true', 'false'], default: 'true' })),
        routing: routingParameter,
      }),
      response: answers({ 200: answer, 304: Type.Null({ description: 'The caller has the document as it is.' }) }),
    },
    handler: async (request, reply) => {
      const { realtime = 'true', routing } = readParameters(request.query, ['realtime', 'routing']);
      requireOneOf('realtime', realtime, ['true', 'false']);
      const { name, key } = readDocumentName(request);
      const index = await services.catalog.findOne(name, timeoutMs);
      requireOperation(services.kinds, index, 'getDocument');
      const { found, token } = await getDocument(services, {
        index,
        key,
        ...readRouting(services, index, routing),
        realtime: realtime === 'true',
        timeoutMs,
        token: tokenOf(request),
      });
      tellToken(reply, token);
      if (found === null) throw new SheafError('DOCUMENT_NOT_FOUND', { detail: { index: index.name, key } });
      const { version, sequence } = found;
      const term = termOfIndex(index.id);
      const tag = entityTag({ term, sequence });
      reply.header('etag', tag);
      if (isKnown(request, tag)) return reply.code(304).send();
      const { routing: kept, source } = splitRouting(found.source);
      const shown = kept === null ? {} : { _routing: kept };
      const about = { _index: index.name, _id: key, ...shown, found: true, version, sequence, term };
      const head = `${JSON.stringify(about).slice(0, -1)},"_source":`;
      reply.header('content-type', 'application/json; charset=utf-8');
      return reply.send(Buffer.concat([Buffer.from(head), source, Buffer.from('}')]));
    },
  });
}
