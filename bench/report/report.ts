/** What a benchmark found, and how it is shown. Pure. */
import type { Machine } from './machine.ts';
import { renderTable, showNumber, type Table } from './table.ts';

export interface Circumstances {
  readonly machine: Machine;
  readonly commit: string;
  /** Day, as 2026-01-31. */
  readonly date: string;
}

export interface Findings {
  /** What was asked for. */
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly tables: readonly Table[];
  /** Sentences without which the figures would be misread. */
  readonly notes: readonly string[];
  /** A drawing in characters. */
  readonly drawing?: { readonly title: string; readonly text: string };
  /** Drawings as SVG, to be kept beside the report. */
  readonly plots?: readonly Plot[];
}

export interface Plot {
  /** Part of the file's name: lower case and dashes. */
  readonly name: string;
  readonly title: string;
  readonly svg: string;
}

export interface Report extends Circumstances, Findings {
  readonly name: string;
}

/** The report as Markdown. */
export function renderReport(report: Report): string {
  const plots = (report.plots ?? []).map(({ name, title }) => `![${title}](${report.name}-${name}.svg)`);
  const parts = [`# Benchmark: ${report.name}`, renderCircumstances(report), renderFindings(report), ...plots];
  return `${parts.join('\n\n')}\n`;
}

/** The report as JSON, with every figure in full: a row is an object by the heads of the columns. */
export function renderJson(report: Report): string {
  const tables = report.tables.map(({ title, columns, rows }) => {
    return { title, rows: rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]]))) };
  });
  return `${JSON.stringify({ ...report, tables }, null, 2)}\n`;
}

/** The tables, the drawing and the notes, without heading: what another document can take in. */
export function renderFindings({ tables, drawing, notes }: Findings): string {
  const parts = tables.map((table) => `**${table.title}**\n\n${renderTable(table)}`);
  if (drawing !== undefined) parts.push(`${drawing.title}\n\n\`\`\`text\n${drawing.text}\n\`\`\``);
  if (notes.length > 0) parts.push(notes.map((note) => `- ${note}`).join('\n'));
  return parts.join('\n\n');
}

/** One paragraph: machine, commit, date, parameters. */
export function renderCircumstances({ machine, commit, date, parameters }: Omit<Report, 'name'>): string {
  const { cores, cpu, memoryGiB, platform, node } = machine;
  const given = Object.entries(parameters).map(([name, value]) => {
    return `${name} ${typeof value === 'number' ? showNumber(value) : value}`;
  });
  return [
    `Machine: ${cores} cores of ${cpu}, ${memoryGiB} GiB, ${platform}, Node ${node}.`,
    `Commit ${commit}, ${date}.`,
    `Parameters: ${given.join(', ')}.`,
  ].join('  \n');
}
