/**
 * Says of kept snapshots that nobody makes any more that they have failed. Touches the world: the store, a clock.
 *
 * Whoever makes one tells in its row how far it is, every five seconds (root/snapshots). So whoever looks, and sees a row stand still for a minute by
 * its own clock, says that it failed. Its maker, if it was only paused, finds that when it goes on, and ends.
 */
import type { Clock } from '../../shared/clock/clock.ts';
import { changeKeptTable, readKeptTable, type KeptRow } from '../../shared/snapshots/kept-table.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

const abandonedAfterMs = 60_000;

export class AbandonedSnapshots {
  private readonly store: ObjectStore;
  private readonly clock: Clock;
  /** By id, since when a row is made and does not change, on the clock. */
  private still = new Map<string, { readonly beat: number; readonly sinceMs: number }>();

  constructor(store: ObjectStore, clock: Clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * One look. Cost: reads one small object.
   * @returns names of those that have failed from now on
   * @throws SheafError as readKeptTable
   */
  async look(): Promise<readonly string[]> {
    const making = (await readKeptTable(this.store)).filter(({ state }) => state === 'making');
    const now = this.clock.now();
    this.still = new Map(
      making.map(({ id, beat }) => {
        const before = this.still.get(id);
        return [id, before?.beat === beat ? before : { beat, sinceMs: now }];
      }),
    );
    const isAbandoned = ({ id, beat, state }: KeptRow): boolean => {
      const still = this.still.get(id);
      return state === 'making' && still?.beat === beat && now - still.sinceMs >= abandonedAfterMs;
    };
    const abandoned = making.filter(isAbandoned);
    if (abandoned.length === 0) return [];
    const error = { code: 'SNAPSHOT_ABANDONED' };
    const failed = new Set<string>();
    await changeKeptTable(this.store, (rows) => {
      failed.clear();
      const changed = rows.map((row) => {
        if (!isAbandoned(row)) return row;
        failed.add(row.name);
        return { ...row, state: 'failed' as const, error };
      });
      return failed.size === 0 ? null : changed;
    });
    return [...failed];
  }
}
