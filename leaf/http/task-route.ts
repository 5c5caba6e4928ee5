/** Tasks for clients that speak plain HTTP: one JSON value in, one out. */
import type { FastifyInstance } from 'fastify';
import { SheafError } from '../../shared/errors.ts';
import { Cancelled } from '../schedule/run-job.ts';
import type { TaskDesk } from '../tasks/task-desk.ts';
import { inlineSources } from './inline-sources.ts';

export function addTaskRoute(app: FastifyInstance, desk: Pick<TaskDesk, 'answer'>): void {
  app.post('/v1/tasks', {
    handler: async (request, reply) => {
      if (request.body === undefined) throw new SheafError('BODY_MISSING');
      const controller = new AbortController();
      reply.raw.once('close', () => controller.abort());
      return inlineSources(await desk.answer(request.body, controller.signal));
    },
    // What it throws goes on to the server's own.
    errorHandler: (error, _request, reply) => {
      // Nobody is there to read an answer.
      if (error instanceof Cancelled) return void reply.hijack();
      if (error.code !== 'FST_ERR_CTP_INVALID_MEDIA_TYPE') throw error;
      throw new SheafError('MEDIA_TYPE_UNSUPPORTED', { detail: { allowed: ['application/json'] }, cause: error });
    },
  });
}
