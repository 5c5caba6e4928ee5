/** Requests to a root, for tests: JSON in, status and JSON out. */
export interface Answered<T> {
  readonly status: number;
  /** As the caller says it is: tests look into answers of many shapes, and a wrong one fails the assertion that uses it. */
  readonly body: T;
}

export async function send<T = unknown>(
  method: string,
  url: string,
  body?: unknown,
  contentType?: string,
): Promise<Answered<T>> {
  return await sendWith<T>(contentType === undefined ? {} : { 'content-type': contentType }, method, url, body);
}

/** The same, with other headers. */
export async function sendWith<T = unknown>(
  headers: Readonly<Record<string, string>>,
  method: string,
  url: string,
  body?: unknown,
): Promise<Answered<T>> {
  const isText = typeof body === 'string';
  const usual = body === undefined ? {} : { 'content-type': isText ? 'application/x-ndjson' : 'application/json' };
  const response = await fetch(url, {
    method,
    headers: { ...usual, ...headers },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T };
}

/** The same, and the answer must be a success. */
export async function must<T = unknown>(method: string, url: string, body?: unknown): Promise<T> {
  const answer = await send<T>(method, url, body);
  if (answer.status >= 300) throw new Error(`${method} ${url}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
