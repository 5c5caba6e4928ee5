/** Routes of jobs: what changes many documents. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { jobCounts, jobKindNames, type JobWanted } from '../../../shared/jobs/job-entry.ts';
import { limits } from '../../../shared/limits.ts';
import { controlJob, createJob, findJob } from '../../jobs/control-jobs.ts';
import { jobStates, showJob, showWhole } from '../../jobs/show-job.ts';
import { named, newJobs } from '../examples.ts';
import { readParameters } from '../parameters.ts';
import { keyText } from '../idempotency-key.ts';
import { answers, idempotencyHeader } from '../schemas.ts';
import type { RootServices } from '../services.ts';

const tags = ['jobs'];

const query = Type.Unknown({ description: 'As of a search (docs/query-language.md); every document where left out.' });

const jobBody = Type.Object(
  {
    kind: Type.String({ enum: [...jobKindNames] }),
    index: Type.String({
      description: 'Name of the index, or of an alias that has no other, with whose filter it is seen.',
    }),
    query: Type.Optional(query),
    document: Type.Optional(
      Type.Unknown({ description: 'Of updateByQuery: laid over each document that matches, as PATCH does.' }),
    ),
    into: Type.Optional(Type.String({ description: 'Of reindex: name of the index that is written to.' })),
    alias: Type.Optional(
      Type.String({
        description:
          'Of reindex: an alias that the index is in, or its own name. When all is copied writes wait for a moment, and in one step the alias stands for `into` instead.',
      }),
    ),
    retireAs: Type.Optional(
      Type.String({ description: 'The name that the index has from then on, where the alias takes its own.' }),
    ),
    aggs: Type.Optional(
      Type.Unknown({ description: 'Of aggregate: as of a search (docs/query-language.md), without its deadline.' }),
    ),
    conflicts: Type.Optional(
      Type.String({
        enum: ['count', 'fail'],
        default: 'count',
        description:
          'A document that is changed by somebody else before the job comes to it stays as it is. It is counted, or ends the job.',
      }),
    ),
    docsPerSecond: Type.Optional(
      Type.Number({
        minimum: limits.jobDocsPerSecondMin,
        maximum: limits.jobDocsPerSecondMax,
        description: 'No faster than this.',
      }),
    ),
  },
  named(newJobs),
);

const nullable = <T extends ReturnType<typeof Type.Integer>>(type: T) => Type.Union([type, Type.Null()]);

const job = Type.Object({
  id: Type.String(),
  kind: Type.String({ enum: [...jobKindNames] }),
  index: Type.String(),
  query: Type.Optional(query),
  document: Type.Optional(Type.Unknown()),
  into: Type.Optional(Type.String()),
  alias: Type.Optional(Type.String()),
  retireAs: Type.Optional(Type.String()),
  aggs: Type.Optional(Type.Unknown()),
  conflicts: Type.String(),
  docsPerSecond: Type.Union([Type.Number(), Type.Null()]),
  state: Type.String({ enum: [...jobStates] }),
  waitsFor: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'Ids of jobs that change the index: a reindex with an alias ends after them. Absent where there are none.',
    }),
  ),
  counts: Type.Object(Object.fromEntries(jobCounts.map((name) => [name, Type.Integer()])), {
    description: 'Documents: how many matched, as far as the job has come, and what became of them.',
  }),
  rejected: Type.Optional(
    Type.Array(
      Type.Object({
        _id: Type.String(),
        code: Type.String(),
        message: Type.Optional(Type.String()),
        at: Type.String({ description: 'JSON pointer into the document.' }),
      }),
      { description: `Of the documents counted as rejected the first ${limits.jobRefusalsMax}, and why.` },
    ),
  ),
  progress: Type.Union([Type.Number(), Type.Null()], {
    description: 'Share of the log’s stretches that was gone through, 0 to 1; null after an end before the end.',
  }),
  workedMs: Type.Integer({ description: 'Time of work; pauses are not in it.' }),
  timeLeftMs: nullable(Type.Integer({ description: 'As the work went so far; null where nothing can be said.' })),
  createdAt: Type.String(),
  endedAt: Type.Union([Type.String(), Type.Null()]),
  error: Type.Union([Type.Unknown(), Type.Null()], { description: 'Why it failed.' }),
  result: Type.Optional(
    Type.Unknown({ description: 'Of aggregate, once it is done, where one job is asked for: by the names of `aggs`.' }),
  ),
});

const idParameter = Type.Object({
  id: Type.String({ description: 'As the answer to POST /v1/jobs says it.', examples: ['0'] }),
});

/** What a caller may want of a job, by the last part of the path. */
const controls: readonly [path: string, wanted: JobWanted, summary: string, description: string][] = [
  [
    'pause',
    'pause',
    'Pause a job',
    'It stands still after the step that is under way, and is not lost by any restart.',
  ],
  ['resume', 'run', 'Resume a job', 'It goes on where it was paused.'],
  ['cancel', 'cancel', 'Cancel a job', 'What it has changed stays changed. It is `cancelling` until that is counted.'],
];

export function registerJobRoutes(app: FastifyInstance, { jobs }: RootServices): void {
  app.post('/v1/jobs', {
    bodyLimit: limits.jobBodyBytesMax,
    schema: {
      tags,
      summary: 'Change many documents',
      description:
        'Answers at once; the job goes on whatever process ends, and changes each document that matched when it was created once. With an Idempotency-Key it is created once, as long as it is kept. See docs/jobs.md.',
      body: jobBody,
      headers: Type.Object(idempotencyHeader),
      response: answers({ 202: job }),
    },
    handler: async (request, reply) => {
      readParameters(request.query, []);
      const created = await createJob(jobs, request.body, keyText(request));
      return reply.code(202).send(showJob(created, jobs.book.jobs.all()));
    },
  });

  app.get('/v1/jobs', {
    schema: {
      tags,
      summary: 'All jobs',
      description: 'In the order in which they were created. What a job came to is kept for a day.',
      response: answers({ 200: Type.Object({ jobs: Type.Array(job) }) }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      await jobs.book.catchUp();
      const all = jobs.book.jobs.all();
      return { jobs: all.map((each) => showJob(each, all)) };
    },
  });

  app.get('/v1/jobs/:id', {
    schema: { tags, summary: 'A job', params: idParameter, response: answers({ 200: job }) },
    handler: async (request) => {
      readParameters(request.query, []);
      return showWhole(await findJob(jobs, (request.params as { id: string }).id), jobs.book.jobs.all());
    },
  });

  for (const [path, wanted, summary, description] of controls) {
    app.post(`/v1/jobs/:id/${path}`, {
      schema: { tags, summary, description, params: idParameter, response: answers({ 200: job }) },
      handler: async (request) => {
        readParameters(request.query, []);
        const controlled = await controlJob(jobs, (request.params as { id: string }).id, wanted);
        return showJob(controlled, jobs.book.jobs.all());
      },
    });
  }
}
