/** Puts a report where others find it. Touches the world: files. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commentMarkers, replaceBetween } from './replace-between.ts';
import { renderCircumstances, renderFindings, renderJson, renderReport, type Report } from './report.ts';

/** Writes NAME.json, with every figure in full, and NAME.md. @returns the paths written */
export function writeReport(folder: string, report: Report): string[] {
  mkdirSync(folder, { recursive: true });
  const json = join(folder, `${report.name}.json`);
  const markdown = join(folder, `${report.name}.md`);
  writeFileSync(json, renderJson(report));
  writeFileSync(markdown, renderReport(report));
  return [json, markdown];
}

/** Replaces what a document says between the markers of this report. @throws Error when it has no such markers */
export function updateDocument(path: string, report: Report): void {
  const inner = `${renderFindings(report)}\n\n${renderCircumstances(report)}`;
  writeFileSync(path, replaceBetween(readFileSync(path, 'utf8'), commentMarkers(report.name), inner));
}
