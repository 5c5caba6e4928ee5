/** `up` with its real processes, on ports of its own. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { systemClock } from '../../shared/clock/clock.ts';
import { readConfig } from '../../shared/config/read.ts';
import { freePorts, type PortBlock } from '../../tests/cluster/port-blocks.ts';
import { up } from './up.ts';

suite('up', () => {
  let data: string;
  let block: PortBlock;
  let output: string;

  beforeEach(async () => {
    data = mkdtempSync(join(tmpdir(), 'sheaf-up-'));
    block = await freePorts(1);
    output = '';
  });
  afterEach(() => {
    block.reservation.close();
    rmSync(data, { recursive: true, force: true });
  });

  /** Runs until `stopAt` was printed and then `afterMs` have passed. Resolves to the exit code or the failure's line. */
  async function run(stopAt: string, afterMs = 0): Promise<string> {
    const stopped = Promise.withResolvers<void>();
    const stream = new PassThrough();
    stream.on('data', (text: Buffer) => {
      output += text.toString();
      if (text.includes(stopAt)) setTimeout(() => stopped.resolve(), afterMs);
    });
    const config = readConfig('up', { port: String(block.port), data, leaves: '1' }, {});
    const world = { output: stream, clock: systemClock, random: Math.random, onImpatience: () => undefined };
    return await up(config, { ...world, stopped: stopped.promise }).then(String, (error: Error) => error.message);
  }

  // Each row: how long after the start it is stopped.
  for (const afterMs of [0, 700]) {
    test(`stopped ${afterMs} ms after it began, it never says that it is ready after it said that it stops`, async () => {
      assert.equal(await run('Starting', afterMs), '0');
      const [, afterwards] = output.split('Stopping.');
      assert.equal(afterwards, '\n', output);
    });
  }

  test('a log that is damaged is one line, and nothing is said to be ready', async () => {
    assert.equal(await run('Ready:'), '0');
    const path = join(data, 'log', 'log.db');
    writeFileSync(path, readFileSync(path).fill(7, 4096));
    output = '';
    assert.match(await run('never'), /^DATA_CORRUPT: .*log\.db[^\n]*$/);
    assert.doesNotMatch(output, /Ready/);
  });

  test('a log that was removed is one line that names both, and the leaf keeps what it has', async () => {
    assert.equal(await run('Ready:'), '0');
    const owner = readFileSync(join(data, 'leaf-0', 'leaf.json'), 'utf8');
    assert.match(owner, /"log":"[0-9a-f-]{36}"/);
    rmSync(join(data, 'log'), { recursive: true });
    output = '';
    assert.match(await run('never'), /^LOG_REPLACED: [^\n]*leaf-0[^\n]*"expected"[^\n]*"found"[^\n]*$/);
    assert.doesNotMatch(output, /Ready/);
    assert.equal(readFileSync(join(data, 'leaf-0', 'leaf.json'), 'utf8'), owner);
  });

  test('something else in the place of the lock is named', async () => {
    writeFileSync(join(data, 'up.lock'), 'this is no lock. '.repeat(100));
    assert.match(await run('never'), /the data folder is damaged/);
  });
});
