/** Aliases that roll, by hand and by policies, through two roots: what is done once, what is refused, what is told. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

let cluster: Cluster;
let roots: readonly string[];
before(async () => {
  cluster = await startCluster({ leaves: 1, args: ['--roots', '2', '--rollover-check-ms', '50'] });
  roots = [cluster.url, `http://127.0.0.1:${cluster.port + 2}`];
});
after(() => cluster.stop());

interface Rolled {
  readonly from: string;
  readonly to: string;
  readonly rolled: boolean;
  readonly documents: number;
  readonly bytes: number;
  readonly conditions: readonly object[];
  readonly error: { readonly code: string };
}

interface Alias {
  readonly indexes: readonly { readonly index: string; readonly write?: true; readonly rolledAt?: string }[];
}

const schema = { fields: { n: { kind: 'integer' } } };
const create = (name: string) => must('PUT', `${roots[0]}/v1/indexes/${name}`, { shards: 1, schema });
const add = (alias: string, index: string, more: object = {}) =>
  must('POST', `${roots[0]}/v1/aliases`, { actions: [{ add: { alias, index, ...more } }] });
const roll = (alias: string, query = '', root = 0) =>
  send<Rolled>('POST', `${roots[root]}/v1/aliases/${alias}/rollover${query}`);
const aliasOf = (alias: string) => must<Alias>('GET', `${roots[1]}/v1/aliases/${alias}`);
/** `!` is written to, `~` was rolled. */
const shown = async (alias: string) => {
  const { indexes } = await aliasOf(alias);
  return indexes
    .map(({ index, write, rolledAt }) => `${index}${write === true ? '!' : ''}${rolledAt === undefined ? '' : '~'}`)
    .join(' ');
};

interface RolloverRow {
  readonly alias: string;
  readonly index: string | null;
  readonly next: string | null;
  readonly conditions: readonly { readonly condition: string; readonly limit: number; readonly actual: number }[];
  readonly lastRolledAt: string | null;
  readonly nextDeleted: { readonly index: string } | null;
  readonly by: string | null;
  readonly problem: { readonly code: string } | null;
}
const told = async (alias: string, root = 0): Promise<RolloverRow> => {
  const { rollovers } = await must<{ rollovers: RolloverRow[] }>('GET', `${roots[root]}/v1/cluster`);
  return rollovers.find((row) => row.alias === alias)!;
};

/** Looks until it holds: a deadline of its own is that of the test. */
async function until<T>(look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    await sleep(50);
  }
}

test('rollover: by hand, said first and then done; writes and reads by key go on in the new index', async () => {
  await create('hand-01');
  await add('hand', 'hand-01', { filter: { range: { n: { gte: 0 } } } });
  await must('PUT', `${roots[0]}/v1/indexes/hand/documents/a?refresh=wait`, { n: 1 });
  const dry = await roll('hand', '?dryRun=true');
  assert.deepEqual([dry.status, dry.body.from, dry.body.to, dry.body.rolled], [200, 'hand-01', 'hand-02', false]);
  assert.equal(await shown('hand'), 'hand-01');
  // The other root hears of the document by a report of its leaf.
  await until(
    () => roll('hand', '?dryRun=true', 1),
    ({ body: said }) => said.documents === 1,
  );
  const { body } = await roll('hand', '', 1);
  assert.deepEqual([body.from, body.to, body.rolled, body.documents], ['hand-01', 'hand-02', true, 1]);
  assert.ok(body.bytes > 0);
  assert.equal(await shown('hand'), 'hand-01~ hand-02!');
  const put = await must<{ _index: string }>('PUT', `${roots[0]}/v1/indexes/hand/documents/b?result=wait`, { n: 2 });
  assert.equal(put._index, 'hand-02');
  const before_ = await must<{ schema: object; shards: number }>('GET', `${roots[0]}/v1/indexes/hand-01`);
  const made = await must<{ schema: object; shards: number }>('GET', `${roots[0]}/v1/indexes/hand-02`);
  assert.deepEqual([made.schema, made.shards], [before_.schema, before_.shards]);
  const found = await must<{ hits: { total: { value: number } } }>('GET', `${roots[0]}/v1/indexes/hand/search`);
  assert.equal(found.hits.total.value, 2);
});

test('rollover: a request under an Idempotency-Key that is sent again after a roll is counted once', async () => {
  await create('keyed-1');
  await add('keyed', 'keyed-1');
  const write = async (query: string) => {
    const response = await fetch(`${roots[1]}/v1/indexes/keyed/documents?${query}`, {
      method: 'POST',
      body: '{"_put":{"n":1},"_key":"a"}\n{"_create":{"n":2},"_key":"b"}\n',
      headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'once' },
    });
    return (await response.json()) as { accepted: number; outcomes: { result: string }[]; refreshed: boolean };
  };
  const first = await write('refresh=wait');
  assert.equal((await roll('keyed')).body.rolled, true);
  // The other root reads of it in the catalog.
  await until(
    () => roll('keyed', '?dryRun=true', 1),
    ({ body: said }) => said.from === 'keyed-2',
  );
  const again = await write('refresh=wait');
  // Nobody asks another index what came of it, and nobody waited for that one.
  assert.deepEqual([again.accepted, again.refreshed], [first.accepted, false]);
  assert.deepEqual(
    again.outcomes.map(({ result }) => result),
    first.outcomes.map(() => 'uncertain'),
  );
  const found = await must<{ hits: { total: { value: number } } }>('GET', `${roots[0]}/v1/indexes/keyed/search`);
  assert.equal(found.hits.total.value, 2);
});

test('rollover: of 20 at once from one index one rolls, through whichever root, and the others say where it went', async () => {
  await create('many-1');
  await add('many', 'many-1');
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => roll('many', '?from=many-1', i % 2)));
  assert.deepEqual([...new Set(answers.map(({ status, body }) => `${status} ${body.to}`))], ['200 many-2']);
  assert.equal(answers.filter(({ body }) => body.rolled).length, 1);
  assert.equal(await shown('many'), 'many-1~ many-2!');
});

// Each row: the index of the alias `no`, what is asked, the code.
const refused: [name: string, index: string, query: string, code: string][] = [
  ['a name that does not count', 'counted', '', 'ROLLOVER_NAME_INVALID'],
  ['a name that is as long as can be', `${'n'.repeat(98)}-9`, '', 'ROLLOVER_NAME_INVALID'],
  ['a dry run of the same', 'counted', '?dryRun=true', 'ROLLOVER_NAME_INVALID'],
  ['another parameter', 'no-1', '?dry=true', 'PARAMETER_UNKNOWN'],
  ['a word that is none', 'no-1', '?dryRun=yes', 'PARAMETER_INVALID'],
  ['a name that is none', 'no-1', '?from=A', 'INDEX_NAME_INVALID'],
];
for (const [name, index, query, code] of refused) {
  test(`rollover: ${name} is refused, and nothing is done`, async (t) => {
    await create(index);
    t.after(async () => await must('DELETE', `${roots[0]}/v1/indexes/${index}`));
    await add('no', index);
    const { status, body } = await roll('no', query);
    assert.deepEqual([status, body.error.code], [400, code]);
    assert.equal(await shown('no'), index);
  });
}

test('rollover: of what is no alias, or one that nobody writes to', async () => {
  assert.equal((await roll('nothing')).body.error.code, 'ALIAS_NOT_FOUND');
  await create('plain-1');
  await create('plain-2');
  assert.equal((await roll('plain-1')).body.error.code, 'ALIAS_NOT_FOUND');
  await add('two', 'plain-1');
  await add('two', 'plain-2');
  assert.equal((await roll('two')).body.error.code, 'ALIAS_NOT_WRITABLE');
});

const policy = (name: string, rollover: object, more: object = {}) =>
  must('PUT', `${roots[0]}/v1/templates/${name}`, {
    patterns: [`${name}-*`],
    shards: 1,
    schema,
    aliases: { [name]: { write: true } },
    rollover: { alias: name, ...rollover },
    ...more,
  });
const write = (path: string, body: string) =>
  must('POST', `${roots[1]}/v1/indexes/${path}/documents?create=template`, body);
const lines = (count: number) => '{"n":1}\n'.repeat(count);

test('rollover: by documents, as the template is at that time, and told on every root', async () => {
  await policy('counted', { documents: 10 });
  await write('counted-1', lines(9));
  const row = await until(
    () => told('counted'),
    ({ conditions }) => conditions[0]?.actual === 9,
  );
  assert.deepEqual(row.conditions, [{ condition: 'documents', limit: 10, actual: 9 }]);
  assert.deepEqual([row.index, row.next, row.lastRolledAt, row.problem], ['counted-1', 'documents', null, null]);
  assert.match(
    (
      await until(
        () => told('counted'),
        ({ by }) => by !== null,
      )
    ).by!,
    /^root /,
  );
  await policy('counted', { documents: 10 }, { shards: 3 });
  await write('counted', lines(1));
  await until(
    () => aliasOf('counted'),
    ({ indexes }) => indexes.length === 2,
  );
  assert.equal(await shown('counted'), 'counted-1~ counted-2!');
  assert.equal((await must<{ shards: number }>('GET', `${roots[0]}/v1/indexes/counted-2`)).shards, 3);
  for (const root of [0, 1]) assert.notEqual((await told('counted', root)).lastRolledAt, null);
});

test('rollover: by bytes', async () => {
  await policy('weighed', { bytes: 1 });
  await write('weighed-1', lines(1));
  await until(
    () => aliasOf('weighed'),
    ({ indexes }) => indexes.length === 2,
  );
  // The new one has none.
  assert.equal(await shown('weighed'), 'weighed-1~ weighed-2!');
});

test('rollover: by age, and what writes have left long enough is deleted, but for what is named otherwise', async () => {
  await policy('aged', { age: '1s', deleteAfter: '1s' });
  await write('aged-1', lines(1));
  await until(
    () => aliasOf('aged'),
    ({ indexes }) => indexes.some(({ index }) => index === 'aged-2'),
  );
  // The only index of an alias is one that it is written to.
  await add('archive', 'aged-2');
  const { indexes } = await until(
    () => aliasOf('aged'),
    (alias) => alias.indexes.some(({ index }) => index === 'aged-6'),
  );
  const names = indexes.map(({ index }) => index);
  assert.ok(names.includes('aged-2') && !names.includes('aged-1'), names.join());
  assert.equal((await send('GET', `${roots[0]}/v1/indexes/aged-1`)).status, 404);
  assert.notEqual((await told('aged')).nextDeleted, null);
  await must('DELETE', `${roots[0]}/v1/templates/aged`);
});

test('rollover: what a policy cannot do is told by the root that tried, and it goes on when it can', async () => {
  await policy('stuck', { documents: 1 });
  await write('stuck-x', lines(1));
  const problems = () => Promise.all([told('stuck', 0), told('stuck', 1)]);
  const rows = await until(problems, (seen) => seen.some(({ problem }) => problem !== null));
  assert.deepEqual(
    rows.flatMap(({ problem }) => problem?.code ?? []),
    ['ROLLOVER_NAME_INVALID'],
  );
  await create('stuck-1');
  await must('POST', `${roots[0]}/v1/aliases`, {
    actions: [
      { add: { alias: 'stuck', index: 'stuck-x' } },
      { add: { alias: 'stuck', index: 'stuck-1', write: true } },
    ],
  });
  await write('stuck', lines(1));
  await until(
    () => aliasOf('stuck'),
    ({ indexes }) => indexes.length === 3,
  );
  assert.equal(await shown('stuck'), 'stuck-1~ stuck-2! stuck-x');
  const after_ = await until(problems, (seen) => seen.every(({ problem }) => problem === null));
  assert.equal(after_.length, 2);
});
