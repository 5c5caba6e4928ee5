/** How far sources have come, as this root has read it from the log, and what it has to say about that. */
import { sourcesPartition, type Log } from '../../shared/log/log.ts';
import { LogBook, type BookKind } from '../../shared/log/log-book.ts';
import { readSourceEntry, writeSourceEntry, type SourceEntry } from '../../shared/sources/source-entry.ts';
import { SourceTable } from '../../shared/sources/source-table.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';

const kind: BookKind<SourceEntry, SourceTable> = {
  partition: sourcesPartition,
  of: 'sources',
  read: readSourceEntry,
  write: writeSourceEntry,
  begin: (isWhole) => new SourceTable(isWhole),
  checkpoint: (table) => ({ entry: 'checkpoint', upTo: table.offset, sources: table.all() }),
};

export class SourceBook extends LogBook<SourceEntry, SourceTable> {
  constructor(log: Log, telemetry: Telemetry) {
    super(kind, log, telemetry);
  }

  get sources(): Pick<SourceTable, 'get' | 'all' | 'offset' | 'sinceCheckpoint'> {
    return this.table;
  }
}
