import type { Analyzer } from '../../shared/analysis/analyzer.ts';
import { analyzerOf } from '../../shared/analysis/analyzers.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';

/** What analyses the texts of queries about a text field. */
export function queryAnalyzerOf({ analyzer, searchAnalyzer }: IndexedField): Analyzer {
  return analyzerOf(searchAnalyzer ?? analyzer);
}
