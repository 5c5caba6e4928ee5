import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { maskOf } from './mask.ts';

// Each row: the command line, what would be said, what is.
const rows: [name: string, args: string[], said: string, told: string][] = [
  ['nothing', ['up'], 'no --up', 'no --up'],
  ['an option that is none', ['--snapshto=s3://KEY:SECRET@b'], "'--snapshto=s3://KEY:SECRET@b'", "'--snapshto'"],
  ['one whose value looks like nothing', ['--sceret=SECRET'], "unknown '--sceret=SECRET'", "unknown '--sceret'"],
  [
    'an address',
    ['--url', 'http://u:SECRET@h:1'],
    'no answer from http://u:SECRET@h:1/',
    'no answer from http://***@h:1/',
  ],
  ['one of several', ['x', 'kafka:h:1,u:SECRET@i:2'], 'of h:1, u:SECRET@i:2', 'of h:1, ***@i:2'],
  ['a key without a scheme', ['KEY:SECRET@b'], "command 'KEY:SECRET@b'", "command '***@b'"],
  ['an @ in the password', ['s3://KEY:SE@CRET@b'], 's3://KEY:SE@CRET@b', 's3://***@b'],
  ['within JSON', ['s3://KEY:SE"CRET@b'], '{"place":"s3://KEY:SE\\"CRET@b"}', '{"place":"s3://***@b"}'],
  ['within a path', ['s3://KEY:SECRET@b'], 'GET /v1/x/s3%3A%2F%2FKEY%3ASECRET%40b', 'GET /v1/x/s3%3A%2F%2F***%40b'],
  ['others are left', ['a@b'], 'author c@b', 'author c@b'],
];
for (const [name, args, said, told] of rows) {
  test(`maskOf: ${name}`, () => assert.equal(maskOf(args, {})(said), told));
}

test('maskOf: of variables those of Sheaf', () => {
  const mask = maskOf([], { SHEAF_URL: 'http://u:SECRET@h', HOME: 'x@y' });
  assert.equal(mask('http://u:SECRET@h x@y'), 'http://***@h x@y');
});

// Each row: a command line with a credential in a place where none belongs.
const lines = [
  'up --snapshto=s3://KEY:SECRET@b',
  'up -s=s3://KEY:SECRET@b',
  'up --secret=SECRET',
  's3://KEY:SECRET@b',
  'up s3://KEY:SECRET@b',
  'up --leaves s3://KEY:SECRET@b',
  'root --snapshots s3://KEY:SECRET@b',
  'cluster --url http://KEY:SECRET@127.0.0.1:1',
  'cluster --url http://KEY:SECRET@127.0.0.1:1 --json',
  'load films s3://KEY:SECRET@b --url http://127.0.0.1:1',
  'source put orders s3://KEY:SECRET@b',
  'entry a 1 --log kafka:KEY:SECRET@h:1',
];
for (const line of lines) {
  test(`sheaf ${line}: tells no credential`, () => {
    const sheaf = join(import.meta.dirname, '../sheaf.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [sheaf, ...line.split(' ')], { encoding: 'utf8' });
    assert.ok(!`${stdout}${stderr}`.includes('SECRET'), stderr);
    assert.notEqual(stderr, '');
    assert.equal(status, 1);
  });
}
