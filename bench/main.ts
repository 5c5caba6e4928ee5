/** `npm run bench -- NAME`. Touches the world: everything the benchmarks are given comes from here. */
import { fileURLToPath } from 'node:url';
import { systemClock } from '../shared/clock/clock.ts';
import { createProgram, type Run } from './program.ts';
import { describeCommit, describeMachine } from './report/machine.ts';
import { renderReport, type Report } from './report/report.ts';
import { updateDocument, writeReport } from './report/write-report.ts';
import { createProgressLine } from './service/progress-line.ts';

const resultsFolder = fileURLToPath(new URL('results', import.meta.url));
const readmePath = fileURLToPath(new URL('../README.md', import.meta.url));

const run: Run = async (name, shared, measure) => {
  const circumstances = {
    machine: describeMachine(),
    commit: describeCommit(),
    date: new Date().toISOString().slice(0, 10),
  };
  const { documents, seed, profile } = shared;
  const line = createProgressLine(process.stderr);
  const context = { clock: systemClock, documents, seed, profile, progress: line.show };
  const findings = await measure(context).finally(line.close);
  const report: Report = { name, ...circumstances, ...findings };
  process.stdout.write(renderReport(report));
  if (shared.save && !profile) {
    for (const path of writeReport(resultsFolder, report)) process.stderr.write(`Written: ${path}\n`);
  }
  if (shared.readme !== undefined) updateDocument(shared.readme === true ? readmePath : shared.readme, report);
};

try {
  await createProgram(run).parseAsync();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
