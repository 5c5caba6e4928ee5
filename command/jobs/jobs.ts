/** `sheaf jobs`: lists jobs, shows one, creates one from a file, pauses, resumes and cancels. Touches the world: reads a file. */
import type { JobsConfig } from '../../shared/config/read.ts';
import { RootClient } from '../client/client.ts';
import { textTable } from '../cluster/table.ts';
import { CommandFailure } from '../failure.ts';
import { readOperandFile } from '../operand-file.ts';

interface Job {
  readonly id: string;
  readonly kind: string;
  readonly index: string;
  readonly state: string;
  /** Jobs that have to end before it can. */
  readonly waitsFor?: readonly string[];
  readonly progress: number | null;
  readonly timeLeftMs: number | null;
  readonly counts: Readonly<Record<string, number>>;
  /** Some of the documents that are counted as rejected. */
  readonly rejected?: readonly RejectedDocument[];
  readonly error?: { readonly code: string; readonly message?: string; readonly detail?: unknown } | null;
  /** Of one that aggregates and is done. */
  readonly result?: unknown;
}

/** As jobs name it. */
export interface RejectedDocument {
  readonly _id: string;
  readonly code: string;
  readonly message?: string;
  readonly at: string;
}

const actions = ['pause', 'resume', 'cancel'];

/**
 * @param what nothing: all jobs; `create`: the job that the file has; else the id of one
 * @param second the file; or what is wanted of the job: nothing, to see it, or pause, resume, cancel
 * @returns exit code 0
 */
export async function jobs(
  config: JobsConfig,
  what: string,
  second: string,
  say: (line: string) => void,
): Promise<number> {
  const client = new RootClient(config.url);
  try {
    const answer = await ask(client, what, second);
    if (config.json) say(JSON.stringify(answer, null, 2));
    else for (const line of describe('jobs' in answer ? answer.jobs : [answer])) say(line);
    if (!config.json && !('jobs' in answer)) for (const line of describeEnd(answer)) say(line);
    if (!config.json && 'result' in answer) say(JSON.stringify(answer.result, null, 2));
    return 0;
  } finally {
    await client.close();
  }
}

async function ask(client: RootClient, what: string, second: string): Promise<Job | { readonly jobs: readonly Job[] }> {
  if (what === '') return (await client.ask({ method: 'GET', path: '/v1/jobs' })) as { readonly jobs: readonly Job[] };
  if (what === 'create') {
    if (second === '') throw new CommandFailure('say the file that has the job: sheaf jobs create job.json');
    const body = readOperandFile(second);
    return (await client.ask({ method: 'POST', path: '/v1/jobs', body })) as Job;
  }
  const path = `/v1/jobs/${encodeURIComponent(what)}`;
  // Its result may have numbers of documents.
  if (second === '') return (await client.read({ method: 'GET', path })).answer as Job;
  if (!actions.includes(second)) throw new CommandFailure(`${second} is none of ${actions.join(', ')}`);
  return (await client.ask({ method: 'POST', path: `${path}/${second}` })) as Job;
}

function describe(all: readonly Job[]): string[] {
  if (all.length === 0) return ['no jobs'];
  const rows = all.map(({ id, kind, index, state, waitsFor = [], progress, timeLeftMs, counts }) => {
    const done = progress === null ? '' : `${Math.floor(progress * 100)} %`;
    const left = timeLeftMs === null ? '' : `${Math.ceil(timeLeftMs / 1000)} s`;
    const waits = waitsFor.length === 0 ? '' : `, waits for ${waitsFor.join(', ')}`;
    return [id, kind, index, `${state}${waits}`, done, left, told(counts)];
  });
  return textTable([['id', 'kind', 'index', 'state', 'done', 'left', 'documents'], ...rows]);
}

/** Why it failed, and which documents could not be changed. */
function describeEnd({ error, rejected = [], counts }: Job): string[] {
  const failure = error ? [`${error.code}: ${error.message ?? ''} ${JSON.stringify(whyOf(error))}`] : [];
  return [...failure, ...describeRejected(rejected, counts['rejected'] ?? 0)];
}

/** The detail of an error without the documents that are named beside it. */
export function whyOf({ detail }: { readonly detail?: unknown }): object {
  const { documents: _named, ...why } = (detail ?? {}) as { readonly documents?: unknown };
  return why;
}

/** A line for each document that is named, and one for those that are not. @param count of all */
export function describeRejected(rejected: readonly RejectedDocument[], count: number): string[] {
  const lines = rejected.map(({ _id, code, message, at }) => {
    return `rejected: ${_id}${at === '' ? '' : ` at ${at}`}: ${code}${message === undefined ? '' : `, ${message}`}`;
  });
  const more = count - rejected.length;
  return more > 0 && lines.length > 0 ? [...lines, `rejected: ${more.toLocaleString('en-US')} more`] : lines;
}

function told(counts: Job['counts']): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.map(([name, count]) => `${count} ${name}`).join(', ');
}
