import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { SheafError } from '../shared/errors.ts';
import { leasesPartition } from '../shared/log/log.ts';
import { MemoryLog } from '../shared/log/memory.ts';
import { composeRoot, type LogEvents, type Root, type RootParts } from './compose.ts';
import { testParts } from './http/test-root.ts';

/** A log that notes when it is closed. */
class WatchedLog extends MemoryLog {
  isClosed = false;

  override async close(): Promise<void> {
    this.isClosed = true;
    await super.close();
  }
}

/** A root that is closed with its test, whatever becomes of that. */
async function compose(t: TestContext, parts: RootParts): Promise<Root> {
  const root = await composeRoot(parts);
  t.after(() => root.close());
  return root;
}

const nothing: RootParts['discover'] = async () => ({ close: () => undefined });

test('composeRoot: what was opened is closed again where leaves cannot be discovered', async () => {
  const log = new WatchedLog(() => 0);
  const discover: RootParts['discover'] = async () => {
    throw new SheafError('CONFIG_INVALID');
  };
  await assert.rejects(composeRoot({ ...testParts(log), discover }), { code: 'CONFIG_INVALID' });
  assert.equal(log.isClosed, true);
});

test('composeRoot: takes nothing new before it ends what answers need', async (t) => {
  const log = new WatchedLog(() => 0);
  let ticking = 0;
  const every: RootParts['every'] = () => {
    ticking++;
    return { stop: () => ticking-- };
  };
  const ended: string[] = [];
  const discover: RootParts['discover'] = async () => ({ close: () => ended.push('discovery') });
  const root = await compose(t, { ...testParts(log), every, discover });
  const { server } = root.server.app;
  server.once('close', () => ended.push(log.isClosed ? 'the server after the log' : 'the server'));
  await root.server.listen({ host: '127.0.0.1', port: 0 });
  assert.equal(ticking, 1);
  await root.close();
  assert.deepEqual([ended, ticking, log.isClosed], [['the server', 'discovery'], 0, true]);
});

test('composeRoot: leases cost nothing until one is asked for, are told on the cluster page, and go with the root', async (t) => {
  const log = new MemoryLog(() => 0);
  const subscribed: string[] = [];
  const subscribe = log.subscribe.bind(log);
  log.subscribe = (partition, ...asked) => {
    subscribed.push(partition);
    return subscribe(partition, ...asked);
  };
  const roots = [await compose(t, testParts(log)), await compose(t, testParts(log))];
  const [first, second] = roots.map(({ services }) => services.leases);
  const page = async (): Promise<Record<string, unknown>[]> => {
    const { leases } = (await roots[0]!.server.app.inject('/v1/cluster')).json<{ leases: Record<string, unknown>[] }>();
    return leases;
  };
  assert.deepEqual(await page(), []);
  assert.equal(subscribed.includes(leasesPartition), false);
  const lease = await first!.acquire('snapshot/films/3', { ttlMs: 60_000 });
  const { holder, offset: token } = lease.token;
  assert.deepEqual(await page(), [{ name: 'snapshot/films/3', holder, token, ttlMs: 60_000 }]);
  const waiting = second!.acquire('snapshot/films/3', { ttlMs: 60_000 });
  await roots[0]!.close();
  assert.equal(lease.isHeld(), false);
  await roots[1]!.close();
  await assert.rejects(waiting, { code: 'LEASE_LOST' });
});

test('composeRoot: a root that leaves is not ready, answers, and asks who is answered to go elsewhere', async (t) => {
  const log = new MemoryLog(() => 0);
  const root = await compose(t, testParts(log));
  const ask = async (path: string) => {
    const { statusCode, headers } = await root.server.app.inject(path);
    return [statusCode, headers['connection']];
  };
  assert.deepEqual(await ask('/v1/health/live'), [200, 'keep-alive']);
  root.leave();
  assert.deepEqual(await ask('/v1/health/live'), [200, 'close']);
  assert.deepEqual(await ask('/v1/health/ready'), [503, 'close']);
  assert.deepEqual(await ask('/nowhere'), [404, 'close']);
});

test('composeRoot: says whether the log is connected, and cannot go on with another log than that of its leaves', async (t) => {
  let events: LogEvents | undefined;
  const fatal: string[] = [];
  const log = new MemoryLog(() => 0);
  const root = await compose(t, {
    ...testParts(log),
    openLog: (given) => {
      events = given;
      return log;
    },
    discover: nothing,
    onFatal: (facts, message) => fatal.push(`${message} ${JSON.stringify(facts)}`),
  });
  const { services } = root;
  assert.equal(services.isLogConnected(), false);
  events!.onStateChange(true);
  assert.equal(services.isLogConnected(), true);
  events!.onIdentity('one');
  events!.onIdentity('one');
  assert.deepEqual(fatal, []);
  events!.onIdentity('another');
  assert.deepEqual(fatal, ['the leaves this root started from are of another log {"log":"another"}']);
});
