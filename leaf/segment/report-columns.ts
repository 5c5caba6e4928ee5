/** What a leaf tells of the columns of a replica: bounds that no value of any of its segments is beyond. */
import type { ColumnReport, ColumnsReport } from '../../shared/protocol/columns-report.ts';
import { limits } from '../../shared/limits.ts';
import type { Segment } from './open.ts';

/** Segments do not change. */
const known = new WeakMap<Segment, ReadonlyMap<string, ColumnReport>>();

/** Cost: a step a field and segment; where a segment is new and has doubles, one a value. */
export function columnsOfSegments(segments: readonly Segment[]): ColumnsReport {
  const fields: Record<string, ColumnReport> = Object.create(null) as Record<string, ColumnReport>;
  let told = 0;
  let leftOut = false;
  for (const segment of segments) {
    for (const [name, column] of columnsOf(segment)) {
      const before = fields[name];
      if (before === undefined && told === limits.columnsToldMax) {
        leftOut = true;
        continue;
      }
      if (before === undefined) told++;
      fields[name] = before === undefined ? column : joined(before, column);
    }
  }
  return { fields: { ...fields }, ...(leftOut ? { leftOut } : {}) };
}

/** Of the fields that have values, in the order of the schema. */
function columnsOf(segment: Segment): ReadonlyMap<string, ColumnReport> {
  let columns = known.get(segment);
  if (columns === undefined) known.set(segment, (columns = readColumns(segment)));
  return columns;
}

function readColumns({ fieldsByName }: Segment): ReadonlyMap<string, ColumnReport> {
  const columns = new Map<string, ColumnReport>();
  for (const [name, field] of fieldsByName) {
    if (field.kind === 'text' || field.column.mostValues === 0) continue;
    const most = field.column.mostValues;
    if (field.kind === 'keyword') columns.set(name, [most]);
    else {
      const { low, high } = field.column.valueBounds();
      columns.set(name, [most, low, high]);
    }
  }
  return columns;
}

/** Where one says nothing of its values neither do both. */
function joined(a: ColumnReport, b: ColumnReport): ColumnReport {
  const most = Math.max(a[0], b[0]);
  return a.length === 1 || b.length === 1 ? [most] : [most, Math.min(a[1], b[1]), Math.max(a[2], b[2])];
}
