/** A page of another origin in a real browser: what it tries through its visitor comes to nothing. Touches the world: Chromium. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { startTestRoot } from '../../root/http/test-root.ts';

const chromium = [
  process.env['CHROMIUM_PATH'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(existsSync);

const browserMsMax = 60_000;
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why no page can be opened here, where a browser is there and shows none: some containers forbid what it needs. */
function whyMissing(): string | false {
  if (chromium === undefined) return 'Chromium is missing: no real page has tried it (CHROMIUM_PATH names another)';
  const args = [...flags, '--dump-dom', 'data:text/html,<title>a</title>'];
  const { stdout } = spawnSync(chromium, args, { timeout: 15_000, killSignal: 'SIGKILL', encoding: 'utf8' });
  return stdout.includes('<title>a</title>') ? false : `${chromium} opens no page here: no real page has tried it`;
}
/** Where the checks of every change run there has to be one. */
const missing = process.env['CI'] === 'true' ? false : whyMissing();

/** Opens a page, for as long as it runs, and gives what is left of it as HTML. */
async function open(t: TestContext, url: string): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), 'sheaf-browser-'));
  t.after(() => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }));
  const rebound = '--host-resolver-rules=MAP *.example 127.0.0.1';
  const args = [...flags, rebound, `--user-data-dir=${profile}`, '--virtual-time-budget=10000', '--dump-dom', url];
  const browser = spawn(chromium!, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: browserMsMax,
    killSignal: 'SIGKILL',
  });
  const [html] = await Promise.all([text(browser.stdout), once(browser, 'exit')]);
  return html;
}

/** Tries all it can, and writes into its title what it was able to read. */
const page = (root: string): string => `<!doctype html><title>running</title>
<iframe name="sink"></iframe>
<form id="form" method="post" target="sink" action="${root}/v1/counters/books"><input name="n" value="1"></form>
<script>
const plain = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"id":"a","n":1}' };
const asks = {
  bulk: () => fetch('${root}/v1/indexes/books/documents?key=id', plain),
  blind: () => fetch('${root}/v1/indexes/books/documents?key=id', { ...plain, mode: 'no-cors' }),
  remove: () => fetch('${root}/v1/indexes/books', { method: 'DELETE' }),
  search: () => fetch('${root}/v1/indexes/books/search?q=a'),
};
const read = async (ask) => { try { return String((await ask()).status); } catch { return 'nothing'; } };
(async () => {
  document.getElementById('form').submit();
  const found = [];
  for (const [name, ask] of Object.entries(asks)) found.push(name + '=' + await read(ask));
  document.title = found.join(' ');
})();
</script>`;

const titleOf = (html: string): string | undefined => /<title>(.*?)<\/title>/s.exec(html)?.[1];

test('a browser: a page of another origin writes, deletes and reads nothing', { skip: missing }, async (t) => {
  const root = await startTestRoot();
  t.after(() => root.close());
  const answered: string[] = [];
  root.app.server.on('request', ({ method, url = '' }, reply) => {
    reply.on('finish', () => answered.push(`${method} ${url.split('?', 1)[0]} ${reply.statusCode}`));
  });
  const port = await root.server.listen({ host: '127.0.0.1', port: 0 });
  const evil = createServer(
    (_request, reply) => void reply.setHeader('content-type', 'text/html').end(page(`http://127.0.0.1:${port}`)),
  );
  await once(evil.listen(0, '127.0.0.1'), 'listening');
  t.after(() => evil.close());
  const html = await open(t, `http://localhost:${(evil.address() as AddressInfo).port}/`);
  // Even a request that is not to be read is broken off by the browser: the refusal says that no other site may have it.
  assert.equal(titleOf(html), 'bulk=nothing blind=nothing remove=nothing search=nothing');
  assert.deepEqual([...new Set(answered)].sort(), [
    'GET /v1/indexes/books/search 403',
    'OPTIONS /v1/indexes/books 403',
    'POST /v1/counters/books 403',
    'POST /v1/indexes/books/documents 403',
  ]);
  assert.equal((await root.app.inject({ method: 'GET', url: '/v1/indexes/books' })).statusCode, 200);
});

test('a browser: a page whose name was made to point here reads nothing', { skip: missing }, async (t) => {
  const root = await startTestRoot();
  t.after(() => root.close());
  const port = await root.server.listen({ host: '127.0.0.1', port: 0 });
  assert.match(await open(t, `http://rebound.example:${port}/v1/indexes`), /HOST_UNKNOWN/);
  assert.match(await open(t, `http://localhost:${port}/v1/indexes`), /"books"/);
});
