/** Says of a folder or a port that is in use which cluster has it. Touches the world: sockets, a file. */
import type { UpConfig } from '../../shared/config/read.ts';
import { SheafError } from '../../shared/errors.ts';
import { RootClient } from '../client/client.ts';
import { CommandFailure } from '../failure.ts';
import { readControl } from './control.ts';
import { urlOf } from './plan.ts';

/** A root of this machine that lives answers at once. */
const answerMsMax = 2000;

/**
 * What the action gives.
 * @throws CommandFailure where it finds a folder or a port in use and a cluster answers; else what the action throws
 */
export async function orWhoAnswers<T>(config: UpConfig, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof SheafError) || (error.code !== 'DATA_IN_USE' && error.code !== 'PORT_IN_USE')) throw error;
    const url = error.code === 'DATA_IN_USE' ? readControl(config.data)?.root : urlOf(config);
    if (url === undefined || !(await isCluster(url))) throw error;
    const ways = 'ask it there, end it where it runs, or start another beside it with other --data and --port';
    throw new CommandFailure(`${error.toLine()}; a cluster answers at ${url} already: ${ways}`);
  }
}

async function isCluster(url: string): Promise<boolean> {
  const client = new RootClient(url);
  try {
    await client.ask({ method: 'GET', path: '/v1/cluster', signal: AbortSignal.timeout(answerMsMax) });
    return true;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}
