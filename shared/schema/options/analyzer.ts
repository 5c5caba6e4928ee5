import { analyzerNames, defaultAnalyzer, type AnalyzerName } from '../../analysis/analyzers.ts';
import { oneOf } from '../../json/readers.ts';
import type { OptionDefinition } from './definition.ts';

/** How texts become terms. */
export const analyzerOption: OptionDefinition<AnalyzerName> = {
  read: oneOf(analyzerNames),
  isDefault: (name) => name === defaultAnalyzer,
  isSame: (a, b) => a === b,
};
