import { isDeepStrictEqual } from 'node:util';
import { defaultAnalyzer, readAnalyzer, type AnalyzerDefinition } from '../../analysis/analyzers.ts';
import type { OptionDefinition } from './definition.ts';

/** How texts become terms. */
export const analyzerOption: OptionDefinition<AnalyzerDefinition> = {
  read: readAnalyzer,
  isDefault: (definition) => definition === defaultAnalyzer,
  isSame: isDeepStrictEqual,
};

/** How the texts of queries do, where that differs. */
export const searchAnalyzerOption: OptionDefinition<AnalyzerDefinition> = {
  read: readAnalyzer,
  isDefault: () => false,
  isSame: isDeepStrictEqual,
};
