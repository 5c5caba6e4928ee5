/** The files of replicas for other leaves: a list that holds them, the files in ranges, and an end to the hold. */
import { createReadStream } from 'node:fs';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SheafError } from '../../shared/errors.ts';
import type { FileList } from '../copying/file-list.ts';
import type { Holds } from '../copying/holds.ts';

export interface FileRoutes {
  readonly holds: Pick<Holds, 'hold' | 'use' | 'release'>;
  /** Identity of the log that the files are of; null where the leaf has not met one. */
  readonly cluster: () => string | null;
}

const readBytes = 1024 * 1024;
const path = '/v1/replicas/:index/:shard/files';

export function addFileRoutes(app: FastifyInstance, { holds, cluster }: FileRoutes): void {
  app.get(path, async (request, _reply): Promise<FileList> => {
    const { index, shard } = request.params as { index: string; shard: string };
    const { id, files } = await holds.hold(index, Number(shard));
    return { hold: id, cluster: cluster(), files };
  });
  app.get(`${path}/:name`, async (request, reply) => {
    const { name } = request.params as { name: string };
    const file = holds.use(holdOf(request), name);
    const start = startOf(request, file.sizeBytes);
    reply.code(206).type('application/octet-stream');
    reply.header('content-length', file.sizeBytes - start);
    reply.header('content-range', `bytes ${start}-${file.sizeBytes - 1}/${file.sizeBytes}`);
    return reply.send(createReadStream(file.path, { start, highWaterMark: readBytes }));
  });
  app.delete(path, async (request, reply) => {
    await holds.release(holdOf(request));
    return reply.code(204).send();
  });
}

function holdOf(request: FastifyRequest): string {
  const { hold } = request.query as { hold?: unknown };
  if (typeof hold === 'string') return hold;
  throw new SheafError('PARAMETER_INVALID', {
    detail: { parameter: 'hold', expected: 'the hold that the list named' },
  });
}

/** Where to begin: copies that were broken off are read on to the end, so no other ranges are of use. */
function startOf(request: FastifyRequest, sizeBytes: number): number {
  const { range = 'bytes=0-' } = request.headers;
  const start = Number(/^bytes=(\d+)-$/.exec(range)?.[1]);
  if (start < sizeBytes) return start;
  throw new SheafError('PARAMETER_INVALID', {
    detail: { parameter: 'range', expected: `bytes=N- with N below ${sizeBytes}`, actual: range },
  });
}
