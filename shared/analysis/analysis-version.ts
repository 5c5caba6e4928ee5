/** Which analysis made the terms of a segment, so that what was cut another way is known. Looks at the versions of the runtime. */

/** Counts how often analyzers have changed what they make of a text. A change of any of them is a new number. */
const version = 1;

/** Of the runtime's dictionaries. */
export const icuVersion: string = process.versions.icu ?? 'none';

/** What made the terms of a field. */
export interface AnalysisVersion {
  readonly version: number;
  /** Version of ICU, where its dictionaries cut some of the texts: another version may cut them otherwise. */
  readonly icu?: string;
}

/** What makes terms in this process. @param usedDictionaries whether dictionaries cut some of the texts */
export function currentAnalysis(usedDictionaries: boolean): AnalysisVersion {
  return usedDictionaries ? { version, icu: icuVersion } : { version };
}

/** Whether this process would make the same terms. @param made undefined where it is not known */
export function isCurrentAnalysis(made: AnalysisVersion | undefined): boolean {
  return made?.version === version && (made.icu === undefined || made.icu === icuVersion);
}
