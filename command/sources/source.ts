/** `sheaf source`: lists sources, shows one, sets one from a file, pauses, resumes, deletes, replays dead letters. Touches the world: reads a file. */
import type { SourceConfig } from '../../shared/config/read.ts';
import { RootClient } from '../client/client.ts';
import { textTable } from '../cluster/table.ts';
import { CommandFailure } from '../failure.ts';
import { readOperandFile } from '../operand-file.ts';

interface Source {
  readonly name: string;
  readonly topic: string;
  readonly index: string;
  readonly state: string;
  readonly lag: number | null;
  readonly error: { readonly code: string; readonly message: string; readonly detail?: unknown } | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly replay: { readonly next: number; readonly until: number } | null;
}

export interface SourceOperands {
  /** Nothing is `list`. */
  readonly action: string;
  readonly name: string;
  /** With the source as JSON, as PUT takes it. */
  readonly file: string;
}

const actions = ['list', 'get', 'put', 'delete', 'pause', 'resume', 'replay'];

/** @returns exit code 0 */
export async function source(
  config: SourceConfig,
  { action, name, file }: SourceOperands,
  say: (line: string) => void,
): Promise<number> {
  const wanted = action === '' ? 'list' : action;
  if (!actions.includes(wanted)) throw new CommandFailure(`${wanted} is none of ${actions.join(', ')}`);
  if (wanted !== 'list' && name === '') throw new CommandFailure(`name the source: sheaf source ${wanted} NAME`);
  if (wanted === 'put' && file === '') {
    throw new CommandFailure(`say the file that has the source: sheaf source put ${name} source.json`);
  }
  const client = new RootClient(config.url);
  try {
    const answer = await ask(client, wanted, name, file);
    if (config.json || wanted === 'get') say(JSON.stringify(answer, null, 2));
    else if ('sources' in answer) for (const line of describe(answer.sources)) say(line);
    else if ('name' in answer) for (const line of describe([answer])) say(line);
    else say(`deleted ${name}`);
    return 0;
  } finally {
    await client.close();
  }
}

type Answer = Source | { readonly sources: readonly Source[] } | { readonly acknowledged: boolean };

async function ask(client: RootClient, wanted: string, name: string, file: string): Promise<Answer> {
  const path = `/v1/sources/${encodeURIComponent(name)}`;
  switch (wanted) {
    case 'list':
      return (await client.ask({ method: 'GET', path: '/v1/sources' })) as Answer;
    case 'get':
      return (await client.ask({ method: 'GET', path })) as Answer;
    case 'put':
      return (await client.ask({ method: 'PUT', path, body: readOperandFile(file) })) as Answer;
    case 'delete':
      return (await client.ask({ method: 'DELETE', path })) as Answer;
    default:
      return (await client.ask({ method: 'POST', path: `${path}/${wanted}` })) as Answer;
  }
}

function describe(sources: readonly Source[]): string[] {
  if (sources.length === 0) return ['no sources'];
  const rows = sources.map(({ name, topic, index, state, lag, counts, replay }) => {
    const left = replay === null ? 0 : Math.max(0, replay.until - replay.next);
    return [name, topic, index, state, lag ?? '?', told(counts), left === 0 ? '' : `${left} to replay`];
  });
  const lines = textTable([['source', 'topic', 'index', 'state', 'lag', 'messages', ''], ...rows]);
  const faults = sources.flatMap(({ name, error }) =>
    error === null
      ? []
      : [`${name} stands still: ${error.code}, ${error.message} ${JSON.stringify(error.detail ?? {})}`],
  );
  return [...lines, ...faults];
}

function told(counts: Source['counts']): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.map(([name, count]) => `${count} ${name}`).join(', ');
}
