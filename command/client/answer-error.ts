/** What a root answered in place of what it was asked for. */
import { CommandFailure } from '../failure.ts';

/** An answer with an error status, as one line for a person. */
export class AnswerError extends CommandFailure {
  readonly status: number;
  /** Code of the error table, or undefined where the answer is not one of Sheaf's. */
  readonly code: string | undefined;
  /** What is known of the error, as its code says. */
  readonly detail: unknown;
  /** How long to wait before the next try, as the answer asks. */
  readonly retryAfterMs: number | undefined;
  /** The answer as it came. */
  readonly body: string;

  constructor(status: number, body: string, retryAfter: string | string[] | undefined) {
    const error = readErrorBody(body);
    super(error === undefined ? `the root answered ${status}: ${body.slice(0, 300)}` : errorLine(error));
    this.status = status;
    this.code = error?.code;
    this.detail = error?.detail;
    this.body = body;
    const seconds = Number(retryAfter);
    this.retryAfterMs = retryAfter !== undefined && seconds >= 0 ? seconds * 1000 : undefined;
  }

  /** Whether the same request may fare better later. */
  get mayPass(): boolean {
    return this.status === 429 || this.status === 503;
  }
}

/** No answer came: the root does not run, or the connection broke. */
export class UnreachableError extends CommandFailure {
  /** Whether the request cannot have arrived, because there was no connection. */
  readonly refused: boolean;

  constructor(url: string, cause: unknown) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : code;
    super(
      `no answer from ${url} (${reason}); is Sheaf running there? Start it with "sheaf up", or say where with --url`,
    );
    this.refused = code === 'ECONNREFUSED' || code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ENOTFOUND';
  }
}

interface ReadError {
  readonly code: string;
  readonly message: string;
  readonly at?: string;
  readonly detail?: unknown;
  readonly fix?: string;
}

function readErrorBody(body: string): ReadError | undefined {
  try {
    const parsed = JSON.parse(body) as { error?: ReadError } | null;
    return typeof parsed?.error?.code === 'string' ? parsed.error : undefined;
  } catch {
    return undefined;
  }
}

/** A sentence, where it is and what is known of it, and the way out. */
function errorLine({ code, message, at, detail, fix }: ReadError): string {
  const place = at === undefined || at === '' ? '' : ` at ${at}`;
  const facts = isRecord(detail) ? factsOf(detail) : '';
  const way = fix === undefined ? '' : ` ${fix.charAt(0).toUpperCase()}${fix.slice(1)}.`;
  return `${code}: ${message}${place}${facts}.${way}`;
}

function factsOf(detail: Readonly<Record<string, unknown>>): string {
  const facts = Object.entries(detail).map(([name, value]) => `${name}: ${wordsOf(value)}`);
  return facts.length === 0 ? '' : ` (${facts.join('; ')})`;
}

function wordsOf(value: unknown): string {
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
