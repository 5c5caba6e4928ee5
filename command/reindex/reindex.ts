/**
 * `sheaf reindex`: copies an index into one of other shards, replicas or schema while it is written to, and has its name stand for the copy.
 * The work is a job (docs/jobs.md): the command begins it, and watches it. Begun again it watches the same one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReindexConfig } from '../../shared/config/read.ts';
import { AnswerError, UnreachableError } from '../client/answer-error.ts';
import { RootClient } from '../client/client.ts';
import { CommandFailure } from '../failure.ts';
import { describeRejected, whyOf, type RejectedDocument } from '../jobs/jobs.ts';
import { readSchemaFile } from '../load/plan-load.ts';
import { differencesOf, fieldsBetween, planCopy, type Known, type KnownIndex } from './plan-copy.ts';

interface Job {
  readonly id: string;
  readonly kind: string;
  readonly index: string;
  readonly into: string;
  readonly alias?: string;
  readonly retireAs?: string;
  readonly state: string;
  readonly progress: number | null;
  readonly timeLeftMs: number | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly rejected?: readonly RejectedDocument[];
  readonly endedAt: string | null;
  readonly error: { readonly code: string; readonly message?: string; readonly detail?: unknown } | null;
}

interface AliasTarget {
  readonly index: string;
  readonly write?: boolean;
  readonly filter?: unknown;
  readonly rolledAt?: string;
}

type Aliases = readonly { readonly alias: string; readonly indexes: readonly AliasTarget[] }[];

const watchMs = 500;
/** A line of progress comes so often at most. */
const tellMs = 2000;
/** So long a root may not answer while a job is watched. */
const unreachableMsMax = 60_000;

/** @param name an alias, or an index, which becomes one @returns exit code: 0, or 1 where the job did not come to its end */
export async function reindex(config: ReindexConfig, name: string, say: (line: string) => void): Promise<number> {
  const client = new RootClient(config.url);
  try {
    const said = saidOf(config);
    if (config.back && said.length > 0) {
      throw new CommandFailure(`--back copies nothing: ${said.join(' and ')} would say nothing; leave it out`);
    }
    if (config.back) return await goBack(client, name, say);
    const jobs = await jobsOf(client, name);
    const running = jobs.find(({ endedAt }) => endedAt === null);
    if (running !== undefined) {
      if (said.length > 0) await requireSame(client, { config, name, running });
      say(`Job ${running.id} is at it already: it is watched, and nothing else begun.`);
    }
    return await watch(client, running ?? (await begin(client, { config, name, jobs, say })), say);
  } finally {
    await client.close();
  }
}

/** The options that say what the copy is to be. */
function saidOf({ shards, replicas, schema, set }: ReindexConfig): string[] {
  const options = { '--shards': shards, '--replicas': replicas, '--schema': schema, '--set': set };
  return Object.entries(options).flatMap(([option, value]) => (value === undefined ? [] : [option]));
}

interface Running {
  readonly config: ReindexConfig;
  readonly name: string;
  readonly running: Job;
}

/** @throws CommandFailure where the job makes another copy than the one that is asked for */
async function requireSame(client: RootClient, { config, name, running }: Running): Promise<void> {
  const schema = config.schema === undefined ? undefined : readSchemaFile(config.schema);
  const known = await readKnown(client);
  const target = known.indexes.find((index) => index.name === running.into);
  const { definition } = planCopy(name, known, config, schema);
  const differing = target === undefined ? [] : differencesOf(definition, target);
  if (differing.length === 0) return;
  throw new CommandFailure(
    `job ${running.id} is at it already, and makes another copy: ${differing.join(', ')}. ` +
      `sheaf reindex ${name} watches it; sheaf jobs ${running.id} cancel ends it`,
  );
}

async function readKnown(client: RootClient): Promise<Known> {
  const { indexes } = (await client.ask({ method: 'GET', path: '/v1/indexes' })) as Pick<Known, 'indexes'>;
  const { aliases } = (await client.ask({ method: 'GET', path: '/v1/aliases' })) as Pick<Known, 'aliases'>;
  return { indexes, aliases };
}

interface Beginning {
  readonly config: ReindexConfig;
  readonly name: string;
  /** That have ended, the last first. */
  readonly jobs: readonly Job[];
  readonly say: (line: string) => void;
}

async function begin(client: RootClient, { config, name, jobs, say }: Beginning): Promise<Job> {
  const schema = config.schema === undefined ? undefined : readSchemaFile(config.schema);
  const known = await readKnown(client);
  const { source, into, retireAs, definition, isAsAsked } = planCopy(name, known, config, schema);
  const last = jobs.find(({ state }) => state === 'done');
  // It ended while nobody watched.
  if (last?.into === source.name && isAsAsked) return last;
  const path = `/v1/indexes/${encodeURIComponent(into)}`;
  const { shards } = (await client.ask({ method: 'PUT', path, body: JSON.stringify(definition) })) as KnownIndex;
  const body = JSON.stringify({ kind: 'reindex', index: source.name, into, alias: name, retireAs });
  const job = await create(client, body, { into, path });
  // What came between the look and the job is in neither; what comes from now on the job carries over.
  const lacking = fieldsBetween(source, definition, await readKnown(client));
  if (lacking !== null) await client.ask({ method: 'PUT', path, body: JSON.stringify(lacking) });
  say(`Job ${job.id} copies ${source.name} into ${into}, of ${shards} shards where there were ${source.shards}.`);
  if (retireAs !== undefined) {
    say(`${name} is an index: in the end it is named ${retireAs}, and ${name} is an alias that stands for ${into}.`);
  }
  const others = known.aliases.filter(({ alias, indexes: targets }) => {
    return alias !== name && targets.some(({ index }) => index === source.name);
  });
  for (const { alias } of others) say(`${alias} stands for ${source.name}, too, and is left as it is.`);
  say('Searches and writes go on. Ctrl-C ends the watching and not the job; the same command watches it again.');
  return job;
}

/** @param made the index that was made for the job: without one nobody would know what it is for */
async function create(
  client: RootClient,
  body: string,
  made: { readonly into: string; readonly path: string },
): Promise<Job> {
  try {
    return (await client.ask({ method: 'POST', path: '/v1/jobs', body })) as Job;
  } catch (error) {
    // Where there was no answer the job may be there.
    if (!(error instanceof AnswerError) || error.mayPass) throw error;
    const first = await jobUnderWay(client, error);
    // The same command, begun at the same moment: the index is that one's.
    if (first?.into === made.into) return first;
    await client.ask({ method: 'DELETE', path: made.path });
    throw error;
  }
}

async function jobUnderWay(client: RootClient, { code, detail }: AnswerError): Promise<Job | undefined> {
  if (code !== 'JOB_UNDER_WAY') return undefined;
  const { id } = detail as { readonly id: string };
  return await look(client, id);
}

async function watch(client: RootClient, begun: Job, say: (line: string) => void): Promise<number> {
  let job = begun;
  let told = '';
  let toldAt = -Infinity;
  for (; job.endedAt === null; job = await look(client, job.id)) {
    const line = progressOf(job);
    if (line !== told && performance.now() - toldAt >= tellMs) {
      say(line);
      told = line;
      toldAt = performance.now();
    }
    await sleep(watchMs);
  }
  if (job.state === 'done') {
    const { aliases } = (await client.ask({ method: 'GET', path: '/v1/aliases' })) as { readonly aliases: Aliases };
    return tellDone(job, aliases, say);
  }
  const { error, into, id, rejected = [], counts } = job;
  for (const line of describeRejected(rejected, counts['rejected'] ?? 0)) say(line);
  const why = error === null ? '' : `: ${error.message ?? error.code} ${JSON.stringify(whyOf(error))}`;
  throw new CommandFailure(
    `job ${id} ${job.state === 'failed' ? 'failed' : 'was cancelled'}${why}. ${job.alias} is what it was; ` +
      `${into} is kept, and deleted by: sheaf index ${into} --delete`,
  );
}

function tellDone(
  { alias = '', index, into, retireAs, counts }: Job,
  aliases: Aliases,
  say: (line: string) => void,
): number {
  const before = retireAs ?? index;
  const { read = 0 } = counts;
  say(`${alias} is ${into} now. ${read.toLocaleString('en-US')} documents were read${otherCounts(counts)}.`);
  say(
    `${before} is kept as it was: sheaf reindex ${alias} --back has ${alias} stand for it again, ` +
      `sheaf index ${before} --delete deletes it.`,
  );
  for (const { alias: other, indexes } of aliases) {
    const target = indexes.find((each) => each.index === before);
    if (other === alias || target === undefined) continue;
    const filter = target.filter === undefined ? '' : ` --filter '${JSON.stringify(target.filter)}'`;
    const options = `${target.write === true ? ' --write' : ''}${filter}`;
    say(
      `${other} still stands for ${before}, and what is written through it is not in ${into}: ` +
        `sheaf alias ${other} ${into} --instead-of ${before}${options} has it stand for the copy.`,
    );
  }
  return 0;
}

function otherCounts(counts: Job['counts']): string {
  const some = Object.entries(counts).filter(([name, count]) => count > 0 && name !== 'read');
  return some.map(([name, count]) => `, ${count.toLocaleString('en-US')} ${name}`).join('');
}

function progressOf({ id, state, progress, timeLeftMs, counts }: Job): string {
  const share = `${Math.floor((progress ?? 0) * 100)} %`.padStart(5);
  const { read = 0 } = counts;
  if (state !== 'running') return `${share}  ${state}; sheaf jobs ${id} resume has it go on`;
  if (progress === 1) return `${share}  ${read.toLocaleString('en-US')} documents, following what is written`;
  const left = timeLeftMs === null ? '' : `, ${Math.ceil(timeLeftMs / 1000)} s left`;
  return `${share}  ${read.toLocaleString('en-US')} documents${left}`;
}

/** Whoever watches is not to end because a root is started again. */
async function look(client: RootClient, id: string): Promise<Job> {
  const since = performance.now();
  for (;;) {
    try {
      return (await client.ask({ method: 'GET', path: `/v1/jobs/${id}` })) as Job;
    } catch (error) {
      const mayPass = error instanceof UnreachableError || (error instanceof AnswerError && error.mayPass);
      if (!mayPass || performance.now() - since > unreachableMsMax) throw error;
    }
    await sleep(watchMs);
  }
}

/** Jobs that swap the alias, the last first. */
async function jobsOf(client: RootClient, name: string): Promise<Job[]> {
  const { jobs } = (await client.ask({ method: 'GET', path: '/v1/jobs' })) as { readonly jobs: Job[] };
  return jobs.filter(({ kind, alias }) => kind === 'reindex' && alias === name).toReversed();
}

async function goBack(client: RootClient, name: string, say: (line: string) => void): Promise<number> {
  const jobs = await jobsOf(client, name);
  const running = jobs.find(({ endedAt }) => endedAt === null);
  if (running !== undefined) {
    throw new CommandFailure(
      `job ${running.id} is still at it; sheaf jobs ${running.id} cancel leaves ${name} as it is`,
    );
  }
  const { aliases } = (await client.ask({ method: 'GET', path: '/v1/aliases' })) as { readonly aliases: Aliases };
  const targets = aliases.find(({ alias }) => alias === name)?.indexes ?? [];
  const last = jobs.find(({ state, into }) => state === 'done' && targets.some(({ index }) => index === into));
  if (last === undefined) {
    throw new CommandFailure(
      `no reindex of the last day made ${name} what it is; sheaf alias ${name} INDEX --instead-of INDEX swaps it by hand`,
    );
  }
  // When writes have left the copy is not said of another index.
  const { index: now, rolledAt: _, ...options } = targets.find(({ index }) => index === last.into)!;
  const before = last.retireAs ?? last.index;
  const actions = [{ remove: { alias: name, index: now } }, { add: { ...options, alias: name, index: before } }];
  await client.ask({ method: 'POST', path: '/v1/aliases', body: JSON.stringify({ actions }) });
  say(`${name} is ${before} again, as it was when ${now} took its place (${last.endedAt}).`);
  say(
    `What was written since is in ${now} and not in ${before}. ${now} is kept: sheaf index ${now} --delete deletes it.`,
  );
  return 0;
}
