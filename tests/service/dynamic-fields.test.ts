/** Two roots, and writers that disagree about the kinds of new fields. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { JoinedTokens } from '../../command/load/joined-tokens.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { planValidation, validateDocument } from '../../shared/schema/validate.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

const bulks = 1000;
const fields = 50;
const atOnce = 20;
const linesPerBulk = 5;

let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 1, args: ['--roots', '2'] });
});
after(() => cluster.stop());

interface Bulk {
  readonly accepted: number;
  readonly rejected: { readonly count: number; readonly listed: readonly { line: number; code: string; at: string }[] };
  readonly token: string | null;
}

/** A value of one of four kinds. */
function anyValue(random: Random): unknown {
  return random.pick([
    () => random.integer(0, 9),
    () => `word ${random.integer(0, 9)}`,
    () => random.chance(0.5),
    () => '2024-05-31',
  ])();
}

test('dynamic: what is stored fits the one mapping, what does not is told line by line, nothing is lost', async (t) => {
  const seed = 5;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const roots = [cluster.url, `http://127.0.0.1:${cluster.port + 2}`];
  await must('PUT', `${cluster.url}/v1/indexes/grown`, {
    shards: 2,
    schema: { dynamic: true, fields: { id: { kind: 'keyword' } } },
  });
  const sent = new Map<string, unknown>();
  const tokens = new JoinedTokens();
  const [takenFields, refusedFields]: [string[], string[]] = [[], []];
  let refused = 0;
  const write = async (bulk: number): Promise<void> => {
    const documents = Array.from({ length: linesPerBulk }, (_, line) => {
      const many = Array.from({ length: random.integer(1, 4) }, () => {
        return [`f${random.integer(0, fields - 1)}`, anyValue(random)] as const;
      });
      // A field that no other line has, beside those that others disagree about.
      const own = random.chance(0.1) ? [[`own${bulk}_${line}`, random.integer(0, 9)] as const] : [];
      return { id: `${bulk}-${line}`, ...Object.fromEntries([...many, ...own]) };
    });
    const body = documents.map((document) => `${JSON.stringify(document)}\n`).join('');
    const answer = await must<Bulk>('POST', `${random.pick(roots)}/v1/indexes/grown/documents?key=id`, body).catch(
      () => null,
    );
    assert(answer !== null, `bulk ${bulk} failed`);
    assert.equal(answer.accepted + answer.rejected.count, linesPerBulk);
    assert.equal(answer.rejected.listed.length, answer.rejected.count);
    const bad = new Map(answer.rejected.listed.map(({ line, code }) => [line, code]));
    for (const code of bad.values()) assert.equal(code, 'DOCUMENT_FIELD_TYPE');
    for (const [i, document] of documents.entries()) {
      if (!bad.has(i + 1)) sent.set(document.id, document);
      const own = Object.keys(document).find((name) => name.startsWith('own'));
      if (own !== undefined) (bad.has(i + 1) ? refusedFields : takenFields).push(own);
    }
    refused += bad.size;
    if (answer.token !== null) tokens.add(answer.token);
  };
  for (let bulk = 0; bulk < bulks; bulk += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, (_, i) => write(bulk + i)));
  }
  const { schema } = await must<{ schema: IndexSchema }>('GET', `${roots[1]}/v1/indexes/grown`);
  // A line brings all of its fields or none.
  const names = Object.keys(schema.fields).filter((name) => name !== 'id');
  assert.deepEqual(names.filter((name) => name.startsWith('own')).sort(), takenFields.sort());
  assert.equal(names.length - takenFields.length, fields);
  assert.ok(
    takenFields.length > 50 && refusedFields.length > 50,
    'hardly a field was brought, or hardly a line refused',
  );
  const plan = planValidation({ ...schema, dynamic: 'strict' });
  const { hits } = await must<{ hits: { total: { value: number }; hits: { _id: string; _source: unknown }[] } }>(
    'POST',
    `${roots[1]}/v1/indexes/grown/search`,
    { size: 10_000, track_total_hits: true, token: tokens.joined },
  );
  assert.equal(hits.total.value, sent.size);
  for (const { _id, _source } of hits.hits) {
    assert.deepEqual(_source, sent.get(_id));
    assert.equal(validateDocument(plan, _source), null, _id);
  }
  t.diagnostic(`${sent.size} stored, ${refused} lines refused`);
  assert.ok(refused > bulks, 'hardly a line was refused');
  // What a field holds can be searched.
  const [path, field] = Object.entries(schema.fields).find(([, { kind }]) => kind === 'boolean')!;
  assert.equal(field.kind, 'boolean');
  const expected = [...sent.values()].filter((document) => (document as Record<string, unknown>)[path] === true).length;
  const found = await must<{ hits: { total: { value: number } } }>('POST', `${roots[0]}/v1/indexes/grown/search`, {
    query: { term: { [path]: true } },
  });
  assert.equal(found.hits.total.value, expected);
});

// Each row: what is written to an index without fields, the codes of the lines rejected.
const rows: [what: string, body: string, rejected: string[]][] = [
  [
    'a name that is not allowed',
    '{"_x":1}\n{"a b":1}\n{"ok":1}\n',
    ['1 FIELD_NOT_ADDED /_x', '2 FIELD_NOT_ADDED /a b'],
  ],
  [
    'an object and a value',
    '{"a":{"b":1}}\n{"a":1}\n{"a":{"b":{"c":1}}}\n',
    ['2 FIELD_NOT_ADDED /a', '3 DOCUMENT_FIELD_TYPE /a/b'],
  ],
  ['nothing in it', '{"n":null,"e":[],"o":{}}\n', []],
  [
    'more fields than a schema has',
    `${JSON.stringify(Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`f${i}`, 1])))}\n{"f0":1}\n`,
    ['1 FIELD_NOT_ADDED /f1000'],
  ],
];
for (const [i, [what, body, rejected]] of rows.entries()) {
  test(`dynamic: ${what}`, async () => {
    const index = `${cluster.url}/v1/indexes/bad${i}`;
    await must('PUT', index, { shards: 1, schema: { dynamic: true, fields: {} } });
    const { status, body: answer } = await send<Bulk>('POST', `${index}/documents`, body);
    assert.equal(status, 200);
    assert.deepEqual(
      answer.rejected.listed.map(({ line, code, at }) => `${line} ${code} ${at}`),
      rejected,
    );
  });
}
