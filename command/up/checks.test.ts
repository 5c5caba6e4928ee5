import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkPorts, checkWritable, lockFolder } from './checks.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
after(() => rmSync(folder, { recursive: true }));

test('checkWritable: makes the folder, refuses a file in its place', () => {
  checkWritable(join(folder, 'a/b'));
  writeFileSync(join(folder, 'file'), '');
  assert.throws(() => checkWritable(join(folder, 'file')), { code: 'DATA_NOT_WRITABLE' });
  assert.throws(() => checkWritable('/proc/sheaf'), { code: 'DATA_NOT_WRITABLE' });
});

test('lockFolder: one at a time, and again after it was released', () => {
  const lock = lockFolder(folder);
  assert.throws(() => lockFolder(folder), { code: 'DATA_IN_USE' });
  lock.release();
  lockFolder(folder).release();
});

test('checkPorts: names the port that is in use, and the flag to change', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const planned = { name: 'log', role: 'log', host: '127.0.0.1', args: [] } as const;
  await assert.rejects(
    checkPorts([{ ...planned, port }]),
    (error: { code: string; detail: Record<string, unknown> }) => {
      assert.deepEqual([error.code, error.detail['port'], error.detail['flag']], ['PORT_IN_USE', port, '--port']);
      return true;
    },
  );
  server.close();
  await once(server, 'close');
  await checkPorts([{ ...planned, port }]);
});
