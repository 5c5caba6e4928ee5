/** Rows as text in columns, numbers to the right; the first row is the head. Pure. */
export function textTable(rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => String(row[column] ?? '').length)));
  return rows.map((row) => {
    const cells = widths.map((width, column) => {
      const cell = row[column] ?? '';
      return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
    });
    return cells.join('  ').trimEnd();
  });
}
