/** A process that looks for a bug: a file of tests, or simulated clusters. Touches the world: processes. */
import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Ends it, and then this throws. */
  readonly signal: AbortSignal;
  /** A process that writes nothing for so long goes round in circles, or waits for what does not come: it is ended. */
  readonly silenceMsMax: number;
}

export interface Ended {
  readonly passed: boolean;
  readonly output: string;
  readonly tookMs: number;
  /** The longest time in which it wrote nothing. */
  readonly silenceMs: number;
  readonly endedForSilence: boolean;
}

/** Runs `node` to its end. @throws AbortError */
export function run(args: readonly string[], { cwd, env, signal, silenceMsMax }: RunOptions): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const startedAt = performance.now();
  let output = '';
  let heardAt = startedAt;
  let silenceMs = 0;
  let endedForSilence = false;
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
    killSignal: 'SIGKILL',
    signal,
  });
  const silence = setTimeout(() => {
    endedForSilence = true;
    child.kill('SIGKILL');
  }, silenceMsMax);
  const hear = (): void => {
    const now = performance.now();
    silenceMs = Math.max(silenceMs, now - heardAt);
    heardAt = now;
    silence.refresh();
  };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    hear();
  });
  child.on('error', (error) => {
    clearTimeout(silence);
    reject(error);
  });
  child.on('close', (code) => {
    hear();
    clearTimeout(silence);
    resolve({ passed: code === 0, output, tookMs: heardAt - startedAt, silenceMs, endedForSilence });
  });
  return promise;
}
