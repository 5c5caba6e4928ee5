/** Asks a root over HTTP, as any client would. Touches the world: sockets. */
import type { Pool } from 'undici';
import { openPool } from '../../shared/transport/outgoing.ts';
import { parseKeepingDigits } from '../../shared/json/raw-json.ts';
import { AnswerError, UnreachableError } from './answer-error.ts';

export interface ClientRequest {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Given back as Sheaf-Token. */
  readonly token?: string | undefined;
  readonly signal?: AbortSignal;
}

export class RootClient {
  readonly url: string;
  private readonly pool: Pool;
  /** What the path of the URL puts before every route, where a proxy serves Sheaf below a folder. */
  private readonly prefix: string;

  /**
   * @param url of a root, without a slash at its end
   * @param connections opened at most
   */
  constructor(url: string, connections = 1) {
    const { origin, pathname } = new URL(url);
    this.url = url;
    this.prefix = pathname === '/' ? '' : pathname;
    // A search has its own deadline and a bulk takes what it takes: a client that gives up first only hides why.
    this.pool = openPool(origin, { connections, connectTimeoutMs: 5000 });
  }

  /**
   * The parsed answer.
   * @throws AnswerError for a status from 400 on, UnreachableError when there was no answer
   */
  async ask(request: ClientRequest): Promise<unknown> {
    return (await this.parsed(request, JSON.parse)).answer;
  }

  /**
   * The same to be shown: numbers that JSON.stringify would write otherwise than they were written are kept as their text (see parseKeepingDigits), and are
   * not to be counted with. Beside it the Sheaf-Token of the answer, where it has one.
   * @throws AnswerError, UnreachableError as `ask`
   */
  async read(request: ClientRequest): Promise<{ readonly answer: unknown; readonly token: string | undefined }> {
    return await this.parsed(request, parseKeepingDigits);
  }

  private async parsed(request: ClientRequest, parse: (text: string) => unknown) {
    const { status, headers, text } = await this.exchange(request);
    if (status >= 400) throw new AnswerError(status, text, headers['retry-after']);
    const token = headers['sheaf-token'];
    try {
      return { answer: parse(text), token: typeof token === 'string' ? token : undefined };
    } catch {
      throw new AnswerError(status, text, undefined);
    }
  }

  /**
   * An answer of lines, without the empty one at the end, and a header of it.
   * @throws AnswerError, UnreachableError as `ask`
   */
  async lines(path: string, header: string): Promise<{ readonly lines: readonly string[]; readonly offset: string }> {
    const { status, headers, text } = await this.exchange({ method: 'GET', path });
    if (status >= 400) throw new AnswerError(status, text, headers['retry-after']);
    return { lines: text.split('\n').filter((line) => line !== ''), offset: String(headers[header]) };
  }

  private async exchange(request: ClientRequest) {
    const contentType = request.contentType ?? 'application/json';
    try {
      const { statusCode, headers, body } = await this.pool.request({
        method: request.method,
        path: this.prefix + request.path,
        body: request.body ?? null,
        headers: {
          ...request.headers,
          ...(request.body === undefined ? {} : { 'content-type': contentType }),
          ...(request.token === undefined ? {} : { 'sheaf-token': request.token }),
        },
        signal: request.signal ?? null,
      });
      return { status: statusCode, headers, text: await body.text() };
    } catch (error) {
      if (request.signal?.aborted === true) throw error;
      throw new UnreachableError(this.url, error);
    }
  }

  /** Ends the connections; what is under way is cut off. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }
}
