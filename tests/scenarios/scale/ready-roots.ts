/** A client that sends what it asks only to roots that say they are ready, as a Service of Kubernetes does. */
import { Agent, request } from 'undici';

const pollMs = 50;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** What a 429 says of when to come back. */
  readonly retryAfterMs: number;
}

export class ReadyRoots {
  private readonly urls: readonly string[];
  private readonly random: () => number;
  private readonly agent = new Agent({ connections: 16, headersTimeout: 60_000, bodyTimeout: 60_000 });
  private readonly timer: NodeJS.Timeout;
  private ready: readonly string[];

  /** @param random uniform in [0, 1) */
  constructor(urls: readonly string[], random: () => number) {
    this.urls = urls;
    this.random = random;
    this.ready = urls;
    this.timer = setInterval(() => void this.look(), pollMs);
  }

  /** The answer of one of them. Rejects when there was none: nothing is tried twice. */
  async ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: string): Promise<Answer> {
    const url = this.ready[Math.floor(this.random() * this.ready.length)];
    if (url === undefined) throw new Error('no root is ready');
    const response = await request(url + path, {
      method,
      dispatcher: this.agent,
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
    });
    const retryAfterMs = Number(response.headers['retry-after'] ?? 0) * 1000;
    return { status: response.statusCode, body: await response.body.json(), retryAfterMs };
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.agent.destroy();
  }

  private async look(): Promise<void> {
    const answers = await Promise.all(this.urls.map((url) => this.isReady(url)));
    this.ready = this.urls.filter((_, i) => answers[i]);
  }

  private async isReady(url: string): Promise<boolean> {
    try {
      const { statusCode, body } = await request(`${url}/v1/health/ready`, { headersTimeout: 2000 });
      await body.dump();
      return statusCode === 200;
    } catch {
      return false;
    }
  }
}
