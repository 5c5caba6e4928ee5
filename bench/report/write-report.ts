/** Puts a report where others find it. Touches the world: files. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commentMarkers, replaceBetween } from './replace-between.ts';
import { renderCircumstances, renderFindings, renderJson, renderReport, type Report } from './report.ts';

/** Writes NAME.json, with every figure in full, NAME.md, and NAME-PLOT.svg for each plot. @returns the paths written */
export function writeReport(folder: string, report: Report): string[] {
  mkdirSync(folder, { recursive: true });
  const { plots = [], ...figures } = report;
  const files: (readonly [name: string, text: string])[] = [
    [`${report.name}.json`, renderJson(figures)],
    [`${report.name}.md`, renderReport(report)],
    ...plots.map(({ name, svg }) => [`${report.name}-${name}.svg`, svg] as const),
  ];
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  return files.map(([name]) => join(folder, name));
}

/** Replaces what a document says between the markers of this report. @throws Error when it has no such markers */
export function updateDocument(path: string, report: Report): void {
  const inner = `${renderFindings(report)}\n\n${renderCircumstances(report)}`;
  writeFileSync(path, replaceBetween(readFileSync(path, 'utf8'), commentMarkers(report.name), inner));
}
