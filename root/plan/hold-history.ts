/**
 * How holding sources back has turned out lately, by kind of search: where winners come from few shards, because hits tie
 * or documents are not spread by chance, every search would have to fetch, and a round costs more than the bytes it saves.
 *
 * Pure. A search that is not held back tells nothing, so now and then one of such a kind is tried again.
 */
interface Kind {
  /** Of the searches that held sources back the share that had to fetch, the latest counting most. */
  fetched: number;
  /** Searches in a row that did not. */
  passedOver: number;
}

const latestCounts = 1 / 4;
/** Two in a row that had to fetch are above it. */
const fetchedMax = 0.3;
const triedOneIn = 16;
/** The kind that was not asked for longest goes. */
const kindsMax = 1000;

export class HoldHistory {
  private readonly kinds = new Map<string, Kind>();

  /** Whether the next search of a kind should hold sources back. Counts those for which it says no. */
  favours(name: string): boolean {
    const kind = this.kinds.get(name);
    if (kind === undefined || kind.fetched <= fetchedMax) return true;
    kind.passedOver = (kind.passedOver + 1) % triedOneIn;
    return kind.passedOver === 0;
  }

  /** A search of the kind has held sources back. */
  record(name: string, hadToFetch: boolean): void {
    const { fetched, passedOver } = this.kinds.get(name) ?? { fetched: 0, passedOver: 0 };
    this.kinds.delete(name);
    for (const oldest of this.kinds.keys()) {
      if (this.kinds.size < kindsMax) break;
      this.kinds.delete(oldest);
    }
    this.kinds.set(name, { fetched: fetched + ((hadToFetch ? 1 : 0) - fetched) * latestCounts, passedOver });
  }
}
