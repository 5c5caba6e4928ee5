/** The result of a run as a table. Pure. */
import { percentile } from '../../../bench/report/percentiles.ts';
import { textTable } from '../../../command/cluster/table.ts';
import type { ScaleResult } from './run.ts';

export function reportLines({ phases, servesAfterMs, acknowledged, lost }: ScaleResult): string[] {
  const rows = phases.map(({ name, tookMs, latenciesMs, putOff, faults }) => {
    const sorted = Float64Array.from(latenciesMs).sort();
    const at = (p: number): number => (sorted.length === 0 ? 0 : Math.round(percentile(sorted, p)));
    return [
      name,
      (tookMs / 1000).toFixed(1),
      sorted.length,
      putOff,
      faults.length,
      at(0.5),
      at(0.99),
      Math.round(sorted.at(-1) ?? 0),
    ];
  });
  const serves = servesAfterMs.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(', ');
  return [
    ...textTable([['phase', 'settled after s', 'queries', 'put off', 'faults', 'p50 ms', 'p99 ms', 'max ms'], ...rows]),
    `a leaf that was added served all it should after ${serves} (from the call of sheaf scale)`,
    `${acknowledged} writes acknowledged, ${lost.length} lost`,
  ];
}
