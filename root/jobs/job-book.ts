/** The jobs as this root has read them from the log, and what it has to say about them. */
import { readJobEntry, writeJobEntry, type JobEntry } from '../../shared/jobs/job-entry.ts';
import { JobTable } from '../../shared/jobs/job-table.ts';
import { jobsPartition, type Log } from '../../shared/log/log.ts';
import { LogBook, type BookKind } from '../../shared/log/log-book.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';

const kind: BookKind<JobEntry, JobTable> = {
  partition: jobsPartition,
  of: 'jobs',
  read: readJobEntry,
  write: writeJobEntry,
  begin: (isWhole) => new JobTable(isWhole),
  checkpoint: (table) => ({ entry: 'checkpoint', upTo: table.offset, jobs: table.all() }),
};

export class JobBook extends LogBook<JobEntry, JobTable> {
  constructor(log: Log, telemetry: Telemetry) {
    super(kind, log, telemetry);
  }

  get jobs(): Pick<
    JobTable,
    'get' | 'all' | 'isFull' | 'moverOf' | 'circleOf' | 'keyed' | 'offset' | 'sinceCheckpoint'
  > {
    return this.table;
  }
}
