/** The long form of the scaling test: `npm run test:scale`. Prints a table; exit code 1 on a fault. */
import { reportLines } from './scale/report.ts';
import { runScale } from './scale/run.ts';

const result = await runScale({
  documents: 117_791,
  shards: 16,
  leavesMax: 6,
  phaseMsMin: 5000,
  isShort: false,
  seed: Number(process.argv[2] ?? 1),
  say: (line) => console.log(line),
});
console.log(reportLines(result).join('\n'));
if (result.lost.length > 0 || result.phases.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
