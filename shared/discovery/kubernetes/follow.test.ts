/** Followed over real HTTP, from a server that speaks as the API of Kubernetes does. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { follower } from '../follow.fixture.ts';
import { makeSlice, startFakeApi, type Certificate } from './fake-api.fixture.ts';
import { followKubernetes } from './follow.ts';
import { readServiceAccount } from './service-account.ts';

async function follow(t: TestContext, list: readonly unknown[], certificate?: Certificate) {
  const api = await startFakeApi(certificate);
  api.setList(list, '10');
  const seen = follower();
  let tokens = 0;
  const access = { url: api.url, ca: certificate?.cert, token: async () => `token-${++tokens}` };
  const begin = () => {
    const options = { access, namespace: 'search', service: 'leaf', random: () => 0 };
    const discovery = followKubernetes(options, seen.events);
    t.after(() => discovery.close());
    return discovery;
  };
  t.after(() => api.close());
  return { api, ...seen, begin };
}

test('followKubernetes: lists, watches, and takes a watch up where it ended', async (t) => {
  const { api, told, faults, until, begin } = await follow(t, [makeSlice('s', ['leaf-0@10.0.0.1'])]);
  begin();
  await until(() => api.watching() === 1);
  assert.deepEqual(told, ['leaf-0@10.0.0.1:7710']);

  api.event('MODIFIED', makeSlice('s', ['leaf-0@10.0.0.1', 'leaf-1@10.0.0.2~'], '11'));
  await until(() => told.length === 2);
  api.event('ADDED', makeSlice('t', ['leaf-2@10.0.0.3'], '12'));
  await until(() => told.length === 3);
  api.event('BOOKMARK', { kind: 'EndpointSlice', metadata: { resourceVersion: '20' } });
  api.event('MODIFIED', makeSlice('t', ['leaf-2@10.0.0.3!'], '21'));
  api.event('DELETED', makeSlice('t', [], '22'));
  await until(() => told.length === 4);
  api.endWatches();
  await until(() => api.requests.length === 3);
  assert.deepEqual(api.requests, ['list', 'watch 10', 'watch 22']);
  assert.deepEqual(told, [
    'leaf-0@10.0.0.1:7710',
    'leaf-0@10.0.0.1:7710 leaf-1@10.0.0.2:7710',
    'leaf-0@10.0.0.1:7710 leaf-1@10.0.0.2:7710 leaf-2@10.0.0.3:7710',
    'leaf-0@10.0.0.1:7710 leaf-1@10.0.0.2:7710',
  ]);
  assert.deepEqual(faults, []);
  assert.deepEqual(api.tokens, ['Bearer token-1', 'Bearer token-2', 'Bearer token-3']);
});

/** Where the checks of every change run there has to be one. */
const noOpenssl =
  process.env['CI'] !== 'true' &&
  spawnSync('openssl', ['version']).status !== 0 &&
  'openssl is missing: discovery over HTTP/2 with TLS is not tested';

/** One that signs itself, for 127.0.0.1. */
function makeCertificate(t: TestContext): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const name = ['-subj', '/CN=kubernetes', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const { status, stderr } = spawnSync('openssl', ['req', ...kind, ...name, '-keyout', key, '-out', cert]);
  assert.equal(status, 0, String(stderr));
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

test('followKubernetes: over TLS and HTTP/2, as the real API server speaks', { skip: noOpenssl }, async (t) => {
  const { api, told, faults, until, begin } = await follow(
    t,
    [makeSlice('s', ['leaf-0@10.0.0.1'])],
    makeCertificate(t),
  );
  const discovery = begin();
  await until(() => api.watching() === 1);
  api.event('MODIFIED', makeSlice('s', ['leaf-0@10.0.0.1', 'leaf-1@10.0.0.2'], '11'));
  await until(() => told.length === 2);
  api.endWatches();
  await until(() => api.requests.at(-1) === 'watch 11' && api.watching() === 1);
  api.event('MODIFIED', makeSlice('s', ['leaf-1@10.0.0.2'], '12'));
  await until(() => told.length === 3);
  assert.deepEqual([[...api.versions], told.at(-1), faults], [['2.0'], 'leaf-1@10.0.0.2:7710', []]);
  discovery.close();
  await until(() => api.watching() === 0);
});

test('followKubernetes: an event may come in pieces, and several at once', async (t) => {
  const { api, told, until, begin } = await follow(t, []);
  begin();
  await until(() => api.watching() === 1);
  const line = (name: string) => JSON.stringify({ type: 'ADDED', object: makeSlice(name, [`${name}@10.0.0.1`], '11') });
  const [a, b] = [line('a'), line('b')];
  api.send(a.slice(0, 50));
  await new Promise((resolve) => setTimeout(resolve, 30));
  api.send(`${a.slice(50)}\n${b}\n`);
  await until(() => told.at(-1) === 'a@10.0.0.1:7710 b@10.0.0.1:7710');
});

test('followKubernetes: lists again when the server no longer has its version, told by status or in the watch', async (t) => {
  const { api, told, faults, until, begin } = await follow(t, [makeSlice('s', ['leaf-0@10.0.0.1'])]);
  begin();
  await until(() => api.watching() === 1);
  api.setList([makeSlice('s', ['leaf-1@10.0.0.2'])], '30');
  api.event('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' });
  await until(() => told.length === 2 && api.watching() === 1);
  assert.deepEqual(api.requests, ['list', 'watch 10', 'list', 'watch 30']);

  api.setList([makeSlice('s', ['leaf-2@10.0.0.3'])], '40');
  api.refusals.push(410);
  api.endWatches();
  await until(() => told.length === 3);
  await until(() => api.requests.at(-1) === 'watch 40');
  assert.deepEqual(api.requests.slice(4), ['watch 30', 'list', 'watch 40']);
  assert.deepEqual([told.at(-1), faults], ['leaf-2@10.0.0.3:7710', []]);
});

test('followKubernetes: faults are told once, the last list holds, and it goes on', async (t) => {
  const { api, told, faults, until, begin } = await follow(t, [makeSlice('s', ['leaf-0@10.0.0.1'])]);
  api.refusals.push(403, 500);
  begin();
  await until(() => told.length === 1);
  assert.equal(faults.length, 1);
  assert.match(faults[0]!, /answered 403 .*endpointslices: .*refused with 403/);

  await until(() => api.watching() === 1);
  api.breakWatches();
  await until(() => faults.length === 2);
  await until(() => api.watching() === 1);
  api.send('this is no event\n');
  await until(() => api.requests.length === 6 && api.watching() === 1);
  api.event('MODIFIED', makeSlice('s', ['leaf-1@10.0.0.2'], '50'));
  await until(() => told.length === 2);
  assert.deepEqual(told, ['leaf-0@10.0.0.1:7710', 'leaf-1@10.0.0.2:7710']);
});

test('followKubernetes: closed, it ends its watch, asks no more and says no more', async (t) => {
  const { api, until, faults, begin } = await follow(t, []);
  const discovery = begin();
  await until(() => api.watching() === 1);
  discovery.close();
  await until(() => api.watching() === 0);
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.deepEqual([api.requests.length, faults], [2, []]);
});

test('readServiceAccount: takes what Kubernetes mounts, and the token anew each time', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const environment = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT_HTTPS: '6443' };
  const code = { code: 'CONFIG_INVALID' };
  await assert.rejects(readServiceAccount(environment, folder), code);
  for (const [name, text] of Object.entries({ token: 'one\n', 'ca.crt': 'PEM', namespace: 'search' })) {
    writeFileSync(join(folder, name), text);
  }
  await assert.rejects(readServiceAccount({}, folder), code);
  const { access, namespace } = await readServiceAccount(environment, folder);
  assert.deepEqual([access.url, access.ca, namespace], ['https://[fd00::1]:6443', 'PEM', 'search']);
  assert.equal(await access.token(), 'one');
  writeFileSync(join(folder, 'token'), 'two');
  assert.equal(await access.token(), 'two');
});
