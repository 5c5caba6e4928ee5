/** A table of figures, as Markdown that also reads well in a terminal. Pure. */
export type Cell = string | number;

export interface Table {
  readonly title: string;
  /** Heads of the columns, each with its unit. */
  readonly columns: readonly string[];
  /** One cell for each column. */
  readonly rows: readonly (readonly Cell[])[];
}

/** Columns as wide as their widest cell; a column that holds only numbers stands to the right. */
export function renderTable({ columns, rows }: Omit<Table, 'title'>): string {
  for (const row of rows) {
    if (row.length !== columns.length)
      throw new RangeError(`${row.length} cells in a row of ${columns.length} columns`);
  }
  const texts = rows.map((row) => row.map(showCell));
  const toRight = columns.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number'));
  const widths = columns.map((head, at) => Math.max(3, head.length, ...texts.map((row) => row[at]!.length)));
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, at) => (toRight[at] ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)));
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, at) => (toRight[at] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(columns), line(rule), ...texts.map(line)].join('\n');
}

/** Three digits that say something, and no more: 0.123, 1.23, 12.3, 1,234. */
export function showNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 99.95) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3);
}

function showCell(cell: Cell): string {
  return typeof cell === 'number' ? showNumber(cell) : cell.replaceAll('|', '\\|');
}
