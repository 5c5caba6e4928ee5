/** Real processes: a holder of a lease that is stopped between its look and its act, past the end of its lease. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { SheafError } from '../../shared/errors.ts';
import { Fence, type Token } from '../../shared/lease/fence.ts';
import { startLog } from '../../shared/log/main.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';

const script = fileURLToPath(new URL('lease-holder.ts', import.meta.url));
const ttlMs = 2000;

class HolderProcess {
  private readonly child: ChildProcess;
  private readonly words: [word: string, fact: unknown][] = [];
  private wake = (): void => undefined;

  constructor(port: number, name: string) {
    this.child = spawn(process.execPath, [script, String(port), name, String(ttlMs)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      this.words.push(JSON.parse(line) as [string, unknown]);
      this.wake();
    });
  }

  /** What came with the next such word; words before it are passed over. */
  async next(word: string): Promise<unknown> {
    for (;;) {
      const [said, fact] = this.words.shift() ?? (await this.more());
      if (said === word) return fact;
    }
  }

  act(): void {
    this.child.stdin!.write('act\n');
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async end(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  private async more(): Promise<[string, unknown]> {
    while (this.words.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
    return this.words.shift()!;
  }
}

test(
  'a holder that was stopped past its lease is refused where it writes, and stops',
  { timeout: 120_000 },
  async () => {
    const data = await mkdtemp(join(tmpdir(), 'sheaf-holder-'));
    const server = await startLog({ host: '127.0.0.1', port: 0, data }, silentTelemetry);
    const first = new HolderProcess(server.port, 'first');
    let second: HolderProcess | undefined;
    try {
      const place = new Fence();
      await first.next('held');
      first.act();
      place.admit((await first.next('write')) as Token);

      second = new HolderProcess(server.port, 'second');
      first.act();
      await first.next('looked');
      first.signal('SIGSTOP');
      const taken = (await second.next('held')) as Token;
      second.act();
      const written = (await second.next('write')) as Token;
      assert.deepEqual(written, taken);
      place.admit(written);

      first.signal('SIGCONT');
      const late = (await first.next('write')) as Token;
      assert.ok(late.offset < taken.offset);
      assert.throws(
        () => place.admit(late),
        ({ code, detail }: SheafError) => {
          assert.deepEqual([code, detail], ['LEASE_FENCED', { highest: taken, token: late }]);
          return true;
        },
      );
      assert.equal(await first.next('lost'), 'LEASE_LOST');
      first.act();
      assert.equal(await first.next('refused'), 'LEASE_LOST');
      second.act();
      place.admit((await second.next('write')) as Token);
    } finally {
      await first.end();
      await second?.end();
      await server.close();
      await rm(data, { recursive: true });
    }
  },
);
