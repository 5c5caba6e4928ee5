import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { securityHeaders } from '../../shared/http/security-headers.ts';
import { startTestRoot, type TestRoot } from './test-root.ts';

let root: TestRoot;
before(async () => {
  root = await startTestRoot();
});
after(() => root?.close());

const pinned: Readonly<Record<string, string>> = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};

test('securityHeaders: these and no others', () => {
  assert.deepEqual(securityHeaders(), pinned);
});

// Each row: a request, and the status of its answer.
const rows: [name: string, method: 'GET' | 'POST' | 'PATCH', url: string, status: number][] = [
  ['an answer', 'GET', '/v1/indexes/books', 200],
  ['a page', 'GET', '/docs/static/index.html', 302],
  ['text for machines', 'GET', '/metrics', 200],
  ['a refusal', 'POST', '/v1/indexes/books/search?x=1', 400],
  ['a name that is not there', 'GET', '/v1/indexes/none', 404],
  ['a path that is not there', 'GET', '/none', 404],
  ['a wrong method', 'PATCH', '/v1/indexes/books', 405],
];
for (const [name, method, url, status] of rows) {
  test(`security headers: ${name} has them`, async () => {
    const { statusCode, headers } = await root.app.inject({ method, url });
    const seen = Object.fromEntries(Object.keys(pinned).map((header) => [header, headers[header]]));
    assert.deepEqual([statusCode, seen], [status, pinned]);
  });
}
