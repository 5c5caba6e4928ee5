import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from '@prometheus-io/client';
import { silentTelemetry } from '../../telemetry/telemetry.ts';
import { logHttp } from './http.ts';

test('logHttp: it lives from the start, and is ready only while appends are taken', async (t) => {
  let isReady = false;
  const options = { telemetry: silentTelemetry, door: { host: '127.0.0.1' }, registry: new Registry() };
  const server = logHttp({ ...options, isReady: () => isReady });
  t.after(() => server.close());
  const ask = async (url: string): Promise<unknown[]> => {
    const { statusCode, body } = await server.app.inject({ url, headers: { host: '127.0.0.1' } });
    const { status, error } = JSON.parse(body) as { status: string | number; error?: { code: string } };
    return [statusCode, error?.code ?? status];
  };
  assert.deepEqual(await ask('/v1/health/live'), [200, 'live']);
  assert.deepEqual(await ask('/v1/health/ready'), [503, 'NOT_READY']);
  isReady = true;
  assert.deepEqual(await ask('/v1/health/ready'), [200, 'ready']);
});
