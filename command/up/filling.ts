/** How far a cluster is with filling its replicas, as its root sees it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../shared/clock/clock.ts';
import { RootClient } from '../client/client.ts';
import type { ClusterAnswer } from '../cluster/cluster.ts';

/** Replicas that there are leaves for. */
export interface Filling {
  readonly ready: number;
  readonly all: number;
}

/** Pure. */
export function fillingOf({ indexes }: Pick<ClusterAnswer, 'indexes'>): Filling {
  let ready = 0;
  let all = 0;
  for (const { shards, replicas, replicasMissing } of indexes) {
    const possible = shards * replicas - replicasMissing.noLeaf;
    all += possible;
    ready += possible - replicasMissing.notReady;
  }
  return { ready, all };
}

interface Watching {
  readonly clock: Clock;
  readonly stop: AbortSignal;
  readonly say: (line: string) => void;
  /** Between two lines about the same filling. */
  readonly everyMs: number;
}

const pollMs = 250;

/** Says how far it is until all replicas are ready, or it is stopped; nothing where they are soon. */
export async function tellFilling(url: string, { clock, stop, say, everyMs }: Watching): Promise<void> {
  const client = new RootClient(url);
  let saidAt = clock.now();
  let said = false;
  try {
    for (; !stop.aborted; await sleep(pollMs)) {
      const filling = await look(client);
      if (filling === undefined) continue;
      const { ready, all } = filling;
      if (ready >= all) break;
      if (clock.now() - saidAt < everyMs) continue;
      saidAt = clock.now();
      said = true;
      say(`Filling: ${ready} of ${all} replicas are ready; what is not is read from the log or another leaf`);
    }
    if (said && !stop.aborted) say('Filled: all replicas are ready');
  } finally {
    await client.close();
  }
}

/** Undefined where the root does not answer at the moment. */
async function look(client: RootClient): Promise<Filling | undefined> {
  try {
    return fillingOf((await client.ask({ method: 'GET', path: '/v1/cluster' })) as ClusterAnswer);
  } catch {
    return undefined;
  }
}
