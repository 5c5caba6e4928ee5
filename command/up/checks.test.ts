import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { checkPorts } from './checks.ts';

test('checkPorts: names the port that is in use, and the flag to change', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
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
