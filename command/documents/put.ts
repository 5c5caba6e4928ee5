/** `sheaf put` and `sheaf delete`: one document, and what came of it. */
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ChangeConfig, PutConfig } from '../../shared/config/read.ts';
import { RootClient, type ClientRequest } from '../client/client.ts';
import { CommandFailure } from '../failure.ts';
import { readOperandFile } from '../operand-file.ts';
import { documentPath } from './document-path.ts';

export interface DocumentOperands {
  readonly index: string;
  readonly key: string;
}

interface WriteAnswer {
  readonly _index: string;
  readonly _id: string;
  readonly result: string;
  readonly version?: number;
  readonly sequence?: number;
  readonly term?: number;
}

/** @param file path, or `-` for stdin @returns exit code 0 */
export async function put(
  config: PutConfig,
  { index, key }: DocumentOperands,
  file: string,
  world: { readonly stdin: Readable; readonly say: (line: string) => void },
): Promise<number> {
  if (config.create && config.ifMatch !== undefined)
    throw new CommandFailure('--create and --if-match exclude each other');
  const isPatch = config.patch || config.upsert;
  if (config.create && isPatch) {
    throw new CommandFailure(`--create and ${config.upsert ? '--upsert' : '--patch'} exclude each other`);
  }
  const body = file === '-' ? await buffer(world.stdin) : readOperandFile(file);
  const condition = config.create ? { 'if-none-match': '*' } : conditionOf(config);
  const { routing } = config;
  const path = documentPath(index, key, isPatch ? { routing, upsert: config.upsert } : { routing, result: 'wait' });
  return await change(config, { method: isPatch ? 'PATCH' : 'PUT', path, body, headers: condition }, world.say);
}

/** @returns exit code 0 */
export async function remove(
  config: ChangeConfig,
  { index, key }: DocumentOperands,
  say: (line: string) => void,
): Promise<number> {
  const path = documentPath(index, key, { routing: config.routing, result: 'wait' });
  return await change(config, { method: 'DELETE', path, headers: conditionOf(config) }, say);
}

async function change(config: ChangeConfig, request: ClientRequest, say: (line: string) => void): Promise<number> {
  const client = new RootClient(config.url);
  try {
    const answer = (await client.ask(request)) as WriteAnswer;
    const { _index: index, _id: key, result, version, sequence, term } = answer;
    say(
      config.json
        ? JSON.stringify(answer)
        : `${result} ${key} in ${index}: tag ${term}.${sequence}, version ${version}`,
    );
    return 0;
  } finally {
    await client.close();
  }
}

function conditionOf({ ifMatch }: ChangeConfig): Readonly<Record<string, string>> {
  return ifMatch === undefined ? {} : { 'if-match': /^[\d.]+$/.test(ifMatch) ? `"${ifMatch}"` : ifMatch };
}
