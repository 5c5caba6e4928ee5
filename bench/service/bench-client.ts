/**
 * A client of a root that does as little as it can: it shares the machine with what it measures. Touches the world:
 * sockets.
 */
import { Pool } from 'undici';

export class BenchClient {
  private readonly pool: Pool;

  constructor(url: string, connections = 1) {
    this.pool = new Pool(url, { connections, headersTimeout: 0, bodyTimeout: 0 });
  }

  /**
   * The body of the answer as text.
   * @throws Error for any status but 200 and 201: a benchmark must not count refusals as answers
   */
  async ask(
    method: 'GET' | 'PUT' | 'POST',
    path: string,
    body: string | Uint8Array | null = null,
    contentType = 'application/json',
  ): Promise<string> {
    const headers = body === null ? {} : { 'content-type': contentType };
    const answer = await this.pool.request({ method, path, body, headers });
    const text = await answer.body.text();
    if (answer.statusCode > 201) throw new Error(`${method} ${path} was answered ${answer.statusCode}: ${text}`);
    return text;
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}
