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
  const isText = typeof body === 'string';
  const response = await fetch(url, {
    method,
    ...(body === undefined
      ? {}
      : {
          body: isText ? body : JSON.stringify(body),
          headers: { 'content-type': contentType ?? (isText ? 'application/x-ndjson' : 'application/json') },
        }),
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
