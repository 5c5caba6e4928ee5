/** A list of places that is asked for again and again. Touches the world: a timer, and what `ask` touches. */
import { tellChanges, type Discovery, type DiscoveryEvents, type LeafPlace } from './discovery.ts';

export interface Polling {
  readonly everyMs: number;
  /** All places there are. Rejects when that cannot be told; what it told last then holds. */
  readonly ask: () => Promise<readonly LeafPlace[]>;
}

/** Asks at once and then `everyMs` after each answer. */
export function pollPlaces({ everyMs, ask }: Polling, { onPlaces, onFault }: DiscoveryEvents): Discovery {
  const tell = tellChanges(onPlaces);
  let faulty = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    try {
      const places = await ask();
      if (closed) return;
      faulty = false;
      tell(places);
    } catch (error) {
      if (closed) return;
      if (!faulty) onFault(error instanceof Error ? error.message : String(error));
      faulty = true;
    }
    timer = setTimeout(() => void look(), everyMs);
  };
  void look();
  return {
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}
