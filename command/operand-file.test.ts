import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureLine } from './failure.ts';
import { template } from './indexes/template.ts';
import { jobs } from './jobs/jobs.ts';
import { source } from './sources/source.ts';

const nowhere = '/nowhere/at all.json';
const config = { url: 'http://127.0.0.1:1', json: false };
const say = (): never => assert.fail('nothing is said');

// Each row: the command that is given a file that is not there.
const rows: [command: string, run: () => Promise<number>][] = [
  ['source put', () => source(config, { action: 'put', name: 'orders', file: nowhere }, say)],
  ['jobs create', () => jobs(config, 'create', nowhere, say)],
  ['template put', () => template(config, { action: 'put', name: 'daily', file: nowhere }, say)],
];
for (const [command, run] of rows) {
  test(`sheaf ${command}: a file that is not there is one line, and exit code 1`, async () => {
    await assert.rejects(run(), (error) => {
      assert.match(failureLine(error) ?? 'a stack', /^cannot read \/nowhere\/at all\.json: ENOENT[^\n]*$/);
      assert.ok(error instanceof Error && 'exitCode' in error && error.exitCode === 1);
      return true;
    });
  });
}
