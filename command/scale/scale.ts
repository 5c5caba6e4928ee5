/** `sheaf scale`: asks a running `sheaf up` for more leaves, or fewer. Touches the world: a file, a socket. */
import { resolve } from 'node:path';
import type { Pool } from 'undici';
import type { Clock } from '../../shared/clock/clock.ts';
import type { ScaleConfig } from '../../shared/config/read.ts';
import { openPool } from '../../shared/transport/outgoing.ts';
import { CommandFailure } from '../failure.ts';
import { readControl, type ControlAddress, type ControlLine } from '../up/control.ts';

const nobodyLeft =
  'with 0 leaves every search fails and nothing written is found until there are leaves again; the log keeps what is written. To end all of them say --yes';

/** An `up` that runs begins to answer at once. */
const answerMsMax = 5000;

/**
 * Shows each step, and returns when the leaves are as many. Broken off, the change goes on.
 * @returns exit code 0
 * @throws CommandFailure where no leaf would be left and nobody said so, no `up` runs with the folder, or the change failed
 */
export async function scale(
  { data, leaves, yes }: ScaleConfig,
  clock: Clock,
  say: (line: string) => void,
): Promise<number> {
  if (leaves === 0 && !yes) throw new CommandFailure(nobodyLeft);
  const folder = resolve(data);
  const control = readControl(folder);
  if (control === undefined) throw notRunning(folder);
  const startedAt = clock.now();
  for await (const line of ask(control, leaves, folder)) {
    if (line.kind === 'failed') throw new CommandFailure(line.line);
    if (line.kind === 'progress') say(line.line);
    if (line.kind === 'done') {
      say(`${leaves === 1 ? '1 leaf' : `${leaves} leaves`}, ${((clock.now() - startedAt) / 1000).toFixed(1)} s`);
      return 0;
    }
  }
  throw new CommandFailure('sheaf up ended before the leaves were as many');
}

async function* ask(control: ControlAddress, leaves: number, folder: string): AsyncGenerator<ControlLine> {
  const pool = openPool(control.url, { connections: 1, connectTimeoutMs: answerMsMax });
  try {
    yield* read(await post(pool, control.token, leaves, folder));
  } finally {
    await pool.destroy();
  }
}

/** The answer, as it comes. */
async function post(pool: Pool, token: string, leaves: number, folder: string): Promise<AsyncIterable<Buffer>> {
  const { statusCode, body } = await pool
    .request({
      method: 'POST',
      path: '/leaves',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ leaves }),
      headersTimeout: answerMsMax,
    })
    .catch(() => {
      throw notRunning(folder);
    });
  // Another process may have the port of an `up` that was killed.
  if (statusCode !== 200) throw notRunning(folder);
  return body;
}

async function* read(body: AsyncIterable<Buffer>): AsyncGenerator<ControlLine> {
  let text = '';
  try {
    for await (const chunk of body) {
      const lines = (text + chunk.toString()).split('\n');
      text = lines.pop()!;
      for (const line of lines) yield JSON.parse(line) as ControlLine;
    }
  } catch (error) {
    throw new CommandFailure(
      `sheaf up does not answer any more: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function notRunning(folder: string): CommandFailure {
  return new CommandFailure(
    `no sheaf up runs with the data folder ${folder}: start one, or name its folder with --data`,
  );
}
