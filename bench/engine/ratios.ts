/** What turns of two engines make together. Pure. */
import type { Cell } from '../report/table.ts';

/** CPU of a query of one kind, microseconds, a turn each. */
export interface KindTurns {
  readonly kind: string;
  readonly own: readonly number[];
  readonly peer: readonly number[];
}

export const ratioColumns = ['kind', 'µs', 'peer µs', '×', 'asked', 'met'] as const;

/** Rows by kind, then their mean: equally many queries of each. Each figure is the mean of its turns. */
export function ratioRows(kinds: readonly KindTurns[], ratioMax: number): Cell[][] {
  const figures = kinds.map(({ kind, own, peer }) => [kind, meanOf(own), meanOf(peer)] as const);
  const mean = ['mean', meanOf(figures.map(([, own]) => own)), meanOf(figures.map(([, , peer]) => peer))] as const;
  return [
    ...figures.map(([kind, own, peer]): Cell[] => [kind, own, peer, own / peer, '', '']),
    [...mean, mean[1] / mean[2], `≤ ${ratioMax} ×`, mean[1] <= ratioMax * mean[2] ? 'yes' : 'NO'],
  ];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
