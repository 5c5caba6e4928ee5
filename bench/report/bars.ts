/** A curve drawn in characters: one bar for each point, from the left. Pure. */
import { showNumber } from './table.ts';

export interface Point {
  readonly label: string;
  /** Not negative. */
  readonly value: number;
}

/** The largest value fills the width; a value that is not 0 shows at least one cell. */
export function renderBars(points: readonly Point[], { width = 40 } = {}): string {
  const largest = Math.max(...points.map(({ value }) => value));
  const labelWidth = Math.max(...points.map(({ label }) => label.length));
  return points
    .map(({ label, value }) => {
      const cells = largest === 0 ? 0 : Math.ceil((value / largest) * width - 1e-9);
      return `${label.padStart(labelWidth)} |${'#'.repeat(cells)} ${showNumber(value)}`;
    })
    .join('\n');
}
