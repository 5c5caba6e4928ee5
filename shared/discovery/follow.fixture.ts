/** Watches a discovery in tests: what it told so far, and waiting for what it tells next. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiscoveryEvents } from './discovery.ts';

export function follower() {
  const told: string[] = [];
  const faults: string[] = [];
  const events: DiscoveryEvents = {
    onPlaces: (places) => {
      told.push(places.map(({ name, address }) => `${name ?? '?'}@${address.host}:${address.port}`).join(' '));
    },
    onFault: (reason) => faults.push(reason),
  };
  const until = async (condition: () => boolean): Promise<void> => {
    for (let i = 0; !condition(); i++) {
      assert(i < 500, `waited 5 s in vain; told: ${JSON.stringify(told)}, faults: ${JSON.stringify(faults)}`);
      await sleep(10);
    }
  };
  return { told, faults, events, until };
}
