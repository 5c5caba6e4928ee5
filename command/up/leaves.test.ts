import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test, type TestContext } from 'node:test';
import { readConfig } from '../../shared/config/read.ts';
import { leafFileOf } from './leaf-file.ts';
import { Leaves } from './leaves.ts';

function start(t: TestContext, leaves: string, retired: Promise<boolean>) {
  const data = mkdtempSync(`${tmpdir()}/sheaf-test-`);
  t.after(() => rmSync(data, { recursive: true }));
  const config = readConfig('up', { data, leaves, port: '65400' }, {});
  const asked: string[] = [];
  const supervisor = {
    retire: (name: string) => {
      asked.push(name);
      return retired;
    },
  };
  const clock = { now: () => 0 };
  const all = new Leaves({ config, supervisor, clock, launch: () => assert.fail('nothing is started') });
  const said: string[] = [];
  const list = () => readFileSync(leafFileOf(data), 'utf8');
  const scale = (wanted: number) => all.scale(wanted, (line) => said.push(line), new AbortController().signal);
  return { all, asked, said, list, scale };
}

test('Leaves: those that go are off the list before they are asked to end, the highest first', async (t) => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const { all, asked, said, list, scale } = start(t, '3', promise);
  assert.equal(list(), 'leaf-0=127.0.0.1:65410\nleaf-1=127.0.0.1:65411\nleaf-2=127.0.0.1:65412\n');
  const scaling = scale(1);
  assert.deepEqual([asked, list(), all.names], [['leaf-2', 'leaf-1'], 'leaf-0=127.0.0.1:65410\n', ['leaf-0']]);
  await assert.rejects(scale(2), { code: 'SCALING', detail: { leaves: 1 } });
  resolve(true);
  await scaling;
  assert.equal(said.at(-1), 'leaf-1 was killed: it had not ended after 0.0 s');
  await scale(1);
  assert.equal(said.at(-1), '1 leaf already');
});

test('Leaves: a number for which there is no port changes nothing', async (t) => {
  const { list, scale } = start(t, '1', Promise.resolve(false));
  await assert.rejects(scale(200), { code: 'CONFIG_INVALID' });
  assert.equal(list(), 'leaf-0=127.0.0.1:65410\n');
});
