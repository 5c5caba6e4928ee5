import { termsOf } from './analyzer.ts';
import { analyzerOf } from './analyzers.ts';

/** The terms of a text by the standard analyzer, in order, repeats included. */
export function analyze(text: string): string[] {
  return termsOf(analyzerOf('standard'), text);
}
