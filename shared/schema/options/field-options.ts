/** The options of fields: the one list of them. Which kinds have which is said by the kinds. */
import { analyzerOption, searchAnalyzerOption } from './analyzer.ts';
import { bm25Option } from './bm25.ts';
import { dateFormatOption } from './date-format.ts';
import type { OptionDefinition } from './definition.ts';
import { ignoreAboveOption } from './ignore-above.ts';

const definitions = {
  analyzer: analyzerOption,
  searchAnalyzer: searchAnalyzerOption,
  bm25: bm25Option,
  ignoreAbove: ignoreAboveOption,
  format: dateFormatOption,
} as const;

export type OptionName = keyof typeof definitions;

/** The options of a field. One that says what holds anyway is left out. */
export type OptionValues = {
  readonly [Name in OptionName]?: ReturnType<(typeof definitions)[Name]['read']>;
};

export const optionNames = Object.keys(definitions) as readonly OptionName[];

/** A value an option read, and no other, is what it is to be given back. */
export function optionDefinition(name: OptionName): OptionDefinition<unknown> {
  return definitions[name];
}

/** The options out of what may have other properties too, in one order. */
export function pickOptions(from: OptionValues): OptionValues {
  const picked: Record<string, unknown> = {};
  for (const name of optionNames) if (from[name] !== undefined) picked[name] = from[name];
  return picked;
}

/** Whether all options are the same. */
export function sameOptionValues(a: OptionValues, b: OptionValues): boolean {
  return optionNames.every((name) => {
    if (a[name] === undefined || b[name] === undefined) return a[name] === b[name];
    return optionDefinition(name).isSame(a[name], b[name]);
  });
}
