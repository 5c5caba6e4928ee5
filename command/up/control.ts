/**
 * How `sheaf scale` reaches a running `up`: HTTP on the loopback interface, with a token that only who may read the data
 * folder can know. Touches the world: a socket, a file.
 *
 *     POST /leaves   {"leaves": 4}   answered by a line of JSON for each step as it happens
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { asSheafError } from '../../shared/errors.ts';
import { isObject } from '../../shared/json/read-object.ts';

/** One line of an answer. */
export type ControlLine =
  | { readonly kind: 'progress'; readonly line: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly line: string };

export interface ControlAddress {
  readonly url: string;
  /** Where the first root answers. */
  readonly root: string;
  readonly token: string;
}

export interface Control {
  close(): void;
}

const leavesMax = 1000;
const bodyBytesMax = 1024;
const fileOf = (folder: string): string => join(folder, 'control.json');

/** Where the `up` of a data folder is reached, or undefined where none left word. */
export function readControl(folder: string): ControlAddress | undefined {
  try {
    const found = JSON.parse(readFileSync(fileOf(folder), 'utf8')) as unknown;
    if (!isObject(found)) return undefined;
    const { url, root, token } = found;
    if (typeof url !== 'string' || typeof root !== 'string' || typeof token !== 'string') return undefined;
    return { url, root, token };
  } catch {
    return undefined;
  }
}

/**
 * @param root where the first root answers
 * @param scale makes the leaves be as many, telling of each step
 */
export async function openControl(
  folder: string,
  root: string,
  scale: (leaves: number, say: (line: string) => void) => Promise<void>,
): Promise<Control> {
  const token = randomUUID();
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const leaves = await readRequest(request, token);
    if (leaves === null) return void response.writeHead(400).end();
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const tell = (line: ControlLine): unknown => response.write(`${JSON.stringify(line)}\n`);
    try {
      await scale(leaves, (line) => tell({ kind: 'progress', line }));
      tell({ kind: 'done' });
    } catch (error) {
      tell({ kind: 'failed', line: asSheafError(error).toLine() });
    }
    response.end();
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the control channel has no port');
  const words: ControlAddress = { url: `http://127.0.0.1:${address.port}`, root, token };
  writeFileSync(fileOf(folder), `${JSON.stringify(words)}\n`, { mode: 0o600 });
  return {
    close: () => {
      rmSync(fileOf(folder), { force: true });
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The number of leaves asked for; null for a request that is none, or of somebody without the token. */
async function readRequest(request: IncomingMessage, token: string): Promise<number | null> {
  if (request.headers.authorization !== `Bearer ${token}`) return null;
  if (request.method !== 'POST' || request.url !== '/leaves') return null;
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.length > bodyBytesMax) return null;
  }
  try {
    const body = JSON.parse(text) as unknown;
    const leaves = isObject(body) ? body['leaves'] : undefined;
    return typeof leaves === 'number' && Number.isInteger(leaves) && leaves >= 0 && leaves <= leavesMax ? leaves : null;
  } catch {
    return null;
  }
}
