import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const repository = join(import.meta.dirname, '../..');

/**
 * By module: the names that open a connection or a port, where a file has them as values; every name where there are none.
 * A default import or a namespace may be used for any of them. Types open nothing.
 */
const openers: Record<string, readonly string[]> = {
  undici: [],
  fastify: [],
  net: ['connect', 'createConnection', 'createServer', 'Socket', 'Server'],
  tls: [],
  http: ['request', 'get', 'Agent', 'globalAgent', 'ClientRequest', 'createServer', 'Server', 'WebSocket'],
  https: [],
  http2: [],
  dgram: [],
  s3mini: [],
  '@opentelemetry/exporter-trace-otlp-http': [],
  '@platformatic/kafka': [],
};

/** What opens a connection without an import. */
const globals =
  /(?<![.\w])(?:fetch\s*\(|new\s+(?:WebSocket|EventSource)\b)|\bglobalThis\s*\.\s*(?:fetch|WebSocket|EventSource)\b/g;

/** What a source has at hand that opens a connection or a port, as `module name`. */
function opened(source: string): string[] {
  const found: string[] = [];
  const take = (specifier: string, names: readonly string[]): void => {
    const module = specifier.replace(/^node:/, '').replace(/^undici\/.*/, 'undici');
    if (!Object.hasOwn(openers, module)) return;
    const some = openers[module]!;
    for (const name of names) {
      if (some.length === 0 || name === '*' || some.includes(name)) found.push(`${module} ${name}`);
    }
  };
  for (const [, what, specifier] of source.matchAll(
    /\b(?:import|export)\s+(?!type\b)([^;'"]*?)\s*from\s*['"]([^'"]+)['"]/g,
  )) {
    take(specifier!, valuesOf(what!));
  }
  for (const [, specifier] of source.matchAll(/\b(?:import|require)\s*\(\s*['"]([^'"]+)['"]/g)) take(specifier!, ['*']);
  for (const [text] of withoutComments(source).matchAll(globals))
    found.push(`global ${text.replaceAll(/[\s(]/g, ' ').trim()}`);
  return found;
}

/** Comments begin a line, or follow a space to its end: what looks like one within a string hides nothing that counts. */
function withoutComments(source: string): string {
  return source.replaceAll(/^\s*\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
}

/** The names of a clause of imports as their module calls them; `*` for a default or a namespace. */
function valuesOf(clause: string): string[] {
  const [outside = '', inside = ''] = clause.split(/[{}]/);
  const named = inside
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && !part.startsWith('type '))
    .map((part) => part.split(/\s+as\s+/)[0]!);
  return [...(/[\w*]/.test(outside) ? ['*'] : []), ...named.map((name) => (name === 'default' ? '*' : name))];
}

/** Where what opens something may stand, and why. */
const allowed: Record<string, readonly string[]> = {
  // Connections to others.
  'shared/transport/outgoing.ts': ['undici Agent', 'undici Client', 'undici Pool', 'undici buildConnector'],
  // The server under root, leaf and log.
  'shared/http/server.ts': ['fastify *'],
  'shared/http/node-server.ts': ['http createServer'],
  // A socket that is never connected: helmet wants a request to say its headers to.
  'shared/http/security-headers.ts': ['net Socket'],
  // The place of object storage, its region and credentials are the operator's, by the variables of its tools.
  'shared/storage/s3-store.ts': ['s3mini S3ServiceError', 's3mini S3mini'],
  // A collector's address is the operator's, and so are its certificates: by the variables of OpenTelemetry.
  'shared/telemetry/open-tracing.ts': ['@opentelemetry/exporter-trace-otlp-http *'],
  // Kafka is the operator's, and its client opens its own connections.
  'shared/log/kafka/library.ts': ['@platformatic/kafka *'],
  // `sheaf up` lets nobody in but `sheaf scale` on the same machine, by a token, and tries whether ports are free.
  'command/up/control.ts': ['http createServer'],
  'command/up/checks.ts': ['net createServer'],
};

test('sockets: connections are opened in one place, and so are ports', () => {
  const files = globSync(['{root,leaf,shared,command}/**/*.ts', 'sheaf.{ts,js}'], { cwd: repository }).filter(
    (file) => !/\.(?:test|fixture)\.ts$/.test(file),
  );
  assert.ok(files.length > 300, `only ${files.length} files found`);
  const found = files.flatMap((file): [string, string[]][] => {
    const all = opened(readFileSync(join(repository, file), 'utf8'));
    return all.length === 0 ? [] : [[file, all.toSorted()]];
  });
  assert.deepEqual(Object.fromEntries(found), allowed);
});

// Each row: a source, what it opens.
const rows: [source: string, expected: string[]][] = [
  ["import { request } from 'undici';", ['undici request']],
  ["import {\n  Pool,\n  type Dispatcher,\n} from 'undici';", ['undici Pool']],
  ["import undici from 'undici';", ['undici *']],
  ["import fastify, { type FastifyInstance } from 'fastify';", ['fastify *']],
  ["import * as net from 'net';", ['net *']],
  ["import { connect as open } from 'node:net';", ['net connect']],
  ["import { default as http } from 'node:http';", ['http *']],
  ["export { connect } from 'node:tls';", ['tls connect']],
  ["const { connect } = await import('node:http2');", ['http2 *']],
  ["const net = require('net');", ['net *']],
  ["import { get } from 'https';", ['https get']],
  ['const answer = await fetch(url);', ['global fetch']],
  ['globalThis.fetch(url); new WebSocket(url);', ['global globalThis.fetch', 'global new WebSocket']],
  ["import type { Pool } from 'undici';\nimport { type Agent } from 'undici';", []],
  ["import { STATUS_CODES } from 'node:http';\nimport { isIP } from 'node:net';", []],
  ['// fetch(url)\n/* fetch(url) */ this.fetch(x); prefetch(x);', []],
];
for (const [source, expected] of rows) {
  test(`sockets: the check sees what there is in ${JSON.stringify(source)}`, () => {
    assert.deepEqual(opened(source), expected);
  });
}
