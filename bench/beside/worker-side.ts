/** A part of a checkout in a process of its own, to be measured beside that of another one. Touches the world: starts a process. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Side } from './side.ts';

/** What a worker answers: after its first message the classes that can be measured, then microseconds of CPU for each. */
export type WorkerAnswer =
  | { readonly kind: 'built'; readonly classes: readonly string[]; readonly digest: number }
  | { readonly kind: 'measured'; readonly cpuUs: number };

/**
 * @param script of the worker, in this folder @param setting its first message
 * @throws Error when the worker cannot begin
 */
export async function startWorker(script: string, setting: object): Promise<Side> {
  const worker = fork(fileURLToPath(new URL(script, import.meta.url)));
  try {
    worker.send(setting);
    const built = await next(worker);
    if (built.kind !== 'built') throw new Error('the worker measured before it was asked');
    return {
      classes: built.classes,
      digest: built.digest,
      measure: async (name) => {
        worker.send(name);
        const measured = await next(worker);
        if (measured.kind !== 'measured') throw new Error('the worker began twice');
        return measured.cpuUs;
      },
      stop: async () => {
        const ended = once(worker, 'exit');
        worker.kill();
        await ended;
      },
    };
  } catch (error) {
    worker.kill();
    throw error;
  }
}

async function next(worker: ChildProcess): Promise<WorkerAnswer> {
  const ended = new AbortController();
  const onExit = (code: number | null): void => ended.abort(new Error(`the worker's process ended with ${code}`));
  worker.once('exit', onExit);
  try {
    const [message] = (await once(worker, 'message', { signal: ended.signal })) as [WorkerAnswer];
    return message;
  } finally {
    worker.off('exit', onExit);
  }
}
