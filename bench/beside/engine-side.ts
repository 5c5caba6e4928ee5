/** The engine of a checkout, to be measured beside that of another one. Touches the world: starts a process. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { EngineAnswer, EngineSetting } from './engine-worker.ts';
import type { Side } from './side.ts';

const script = fileURLToPath(new URL('engine-worker.ts', import.meta.url));

/** @throws Error when the checkout's engine cannot be built */
export async function startEngine(setting: EngineSetting): Promise<Side> {
  const worker = fork(script);
  try {
    worker.send(setting);
    const built = await next(worker);
    if (built.kind !== 'built') throw new Error('the engine answered before it was built');
    return {
      classes: built.kinds,
      digest: built.digest,
      measure: async (name) => {
        worker.send(name);
        const asked = await next(worker);
        if (asked.kind !== 'asked') throw new Error('the engine was built twice');
        return asked.cpuUs;
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

async function next(worker: ChildProcess): Promise<EngineAnswer> {
  const ended = new AbortController();
  const onExit = (code: number | null): void => ended.abort(new Error(`the engine's process ended with ${code}`));
  worker.once('exit', onExit);
  try {
    const [message] = (await once(worker, 'message', { signal: ended.signal })) as [EngineAnswer];
    return message;
  } finally {
    worker.off('exit', onExit);
  }
}
