/** The log's pod is replaced and has another address, while DNS answers with the old one still. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startTestRoot } from '../../root/http/test-root.ts';
import { startLeaf } from '../../leaf/main.ts';
import { startRoot } from '../../root/main.ts';
import { readConfig } from '../../shared/config/read.ts';
import { makeSlice, startFakeApi } from '../../shared/discovery/kubernetes/fake-api.fixture.ts';
import { locateLog } from '../../shared/discovery/locate-log.ts';
import { connectLog } from '../../shared/log/client.ts';
import { startLog } from '../../shared/log/main.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { startBareTimer } from '../deadline/deadline.ts';
import { freePort } from '../cluster/free-port.ts';

const host = '127.0.0.1';
const random = () => 1;

/** The slice of the log's pod at a port: `~` behind the pod while it is not ready. */
const sliceAt = (port: number, version: number, mark = '') =>
  makeSlice('log', [`sheaf-log-0@${host}${mark}`], String(version), port);

/** A folder, and what is closed at the end of the test, the last first and the folder after all. */
function opened(t: TestContext) {
  const open = new AsyncDisposableStack();
  t.after(() => open.disposeAsync());
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-moved-'));
  open.defer(() => rmSync(folder, { recursive: true }));
  return { open, folder };
}

test('a log that moved: writes go on within a second of its readiness, and not where its old address is kept', async (t) => {
  const { open, folder } = opened(t);
  const data = join(folder, 'log');
  const api = await startFakeApi();
  open.defer(() => api.close());
  let log = await startLog({ host, port: 0, data }, silentTelemetry);
  open.defer(() => log.close());
  const oldPort = log.port;
  api.setList([sliceAt(oldPort, 10)], '10');
  const access = { url: api.url, ca: undefined, token: async () => 'token' };
  const serviceAccount = async () => ({ access, namespace: 'search' });
  const faults: string[] = [];
  const source = { namespace: null, service: 'leaf' };
  const address = await locateLog(source, { random, serviceAccount }, (reason) => faults.push(reason));
  const openLog: NonNullable<Parameters<typeof startTestRoot>[1]>['openLog'] = (events) =>
    connectLog({ address, random, producer: 'root', ...events });
  const root = await startTestRoot(undefined, { openLog });
  open.defer(() => root.close());
  // What a name stands for that DNS answers with what it knew.
  const byName = connectLog({ address: { host, port: oldPort }, random, producer: 'by name' });
  open.defer(() => byName.close());
  await byName.identity();
  const write = async (n: number): Promise<number> => {
    const payload = { id: String(n), n };
    const answer = await root.app.inject({ method: 'POST', url: '/v1/indexes/books/documents', payload });
    return answer.statusCode;
  };
  assert.equal(await write(1), 200);

  await log.close();
  api.event('MODIFIED', { ...sliceAt(oldPort, 11), endpoints: [] });
  const port = await freePort();
  api.event('MODIFIED', sliceAt(port, 12, '~'));
  // Long enough for the attempts to be as far apart as they come.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const bare = await startBareTimer(t);
  const written = write(2);
  log = await startLog({ host, port, data }, silentTelemetry);
  const readyAt = performance.now();
  api.event('MODIFIED', sliceAt(port, 13));
  assert.equal(await written, 200);
  const tookMs = performance.now() - readyAt;
  await assert.rejects(byName.heads(['catalog'], { timeoutMs: 200 }), { code: 'LOG_UNAVAILABLE' });
  assert.deepEqual(faults, []);
  t.diagnostic(`ms from the readiness of the log to the first write: ${tookMs.toFixed(0)}`);
  bare.hold('writes after the log is ready', tookMs, 1000);
});

// Each row: a process that is told to follow a service of Kubernetes where there is none.
const outside: [name: string, start: (data: string) => Promise<{ close(): Promise<void> }>][] = [
  ['root', () => startRoot(readConfig('root', { port: '0', log: 'kubernetes:log' }, {}), silentTelemetry, {})],
  [
    'leaf',
    (data) => startLeaf(readConfig('leaf', { port: '0', log: 'kubernetes:log', data }, {}), silentTelemetry, {}),
  ],
];
for (const [name, start] of outside) {
  test(`a log by a service of Kubernetes: a ${name} outside of a pod is refused, and says so`, async (t) => {
    await assert.rejects(start(join(opened(t).folder, 'data')), { code: 'CONFIG_INVALID' });
  });
}
