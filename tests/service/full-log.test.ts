/** A log on a file system that is really full: a small tmpfs, where this process may mount one. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { startCluster } from '../cluster/start.ts';

const data = mkdtempSync(join(tmpdir(), 'sheaf-full-log-'));
const logFolder = join(data, 'log');
mkdirSync(logFolder);
const mounted = spawnSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', logFolder]).status === 0;
after(() => {
  if (mounted) spawnSync('/bin/umount', ['-l', logFolder]);
  rmSync(data, { recursive: true, force: true });
});
if (!mounted) process.stderr.write('NOT TESTED: a full disk of the log, because no tmpfs can be mounted here\n');

const seed = 2_207;
const random = createRandom(seed);

/** About 100 KB that cannot be packed. */
const text = (): string =>
  Array.from({ length: 12_500 }, () => random.integer(0, 0xffff_ffff).toString(36).padStart(7, '0')).join('');

interface Answer {
  readonly token?: string;
  readonly error?: { readonly code: string };
  readonly hits?: { readonly hits: readonly { readonly _id: string }[] };
}

test(
  'full log: 507, nothing acknowledged is lost, searches go on, and writes do once there is room',
  {
    skip: !mounted,
  },
  async (t) => {
    t.diagnostic(`seed ${seed}`);
    const cluster = await startCluster({ leaves: 1, data });
    t.after(() => cluster.stop());
    const ask = async (method: string, path: string, body: object): Promise<{ status: number; answer: Answer }> => {
      const headers = { 'content-type': 'application/json' };
      const init = { method, headers, body: JSON.stringify(body) };
      const response = await fetch(`${cluster.url}/v1/indexes/texts${path}`, init);
      return { status: response.status, answer: (await response.json()) as Answer };
    };
    const created = await ask('PUT', '', { shards: 1, schema: { fields: {}, dynamic: 'false' } });
    assert.equal(created.status, 201);
    const acknowledged: string[] = [];
    let token: string | undefined;
    let refused: { status: number; answer: Answer };
    for (let n = 0; ; n++) {
      assert.ok(n < 500, 'the disk is never full');
      const written = await ask('PUT', `/documents/${n}`, { text: text() });
      if (written.status >= 300) {
        refused = written;
        break;
      }
      acknowledged.push(String(n));
      ({ token } = written.answer);
    }
    assert.deepEqual([refused.status, refused.answer.error?.code], [507, 'LOG_FULL']);
    assert.ok(acknowledged.length > 10, `${acknowledged.length} were written`);

    const count = async (): Promise<string[]> => {
      const { status, answer } = await ask('POST', '/search', { size: 500, _source: false, token, timeout: '5s' });
      assert.equal(status, 200, JSON.stringify(answer));
      const found = answer.hits!.hits.map(({ _id }) => _id);
      return found.sort((a, b) => Number(a) - Number(b));
    };
    assert.deepEqual(await count(), acknowledged);

    // Killed in that state, it comes back with all that it acknowledged.
    cluster.signal('log', 'SIGKILL');
    assert.equal(spawnSync('/bin/mount', ['-o', 'remount,size=64m', logFolder]).status, 0);
    let again = await ask('PUT', '/documents/again', { text: 'there is room' });
    for (let tries = 0; again.status !== 200 && again.status !== 201; tries++) {
      assert.ok(tries < 60, JSON.stringify(again));
      again = await ask('PUT', '/documents/again', { text: 'there is room' });
    }
    ({ token } = again.answer);
    const now = await count();
    // What was refused was not written, whatever the disk took of it.
    assert.deepEqual(
      now.filter((id) => id !== 'again'),
      acknowledged,
    );
    assert.equal(now.length, acknowledged.length + 1);
  },
);
