import { dateHistogramSource } from './date-histogram-source.ts';
import { histogramSource } from './histogram-source.ts';
import { sourceKindOf, type SourceDefinition, type SourceKind, type SourceOf } from './source.ts';
import { termsSource } from './terms-source.ts';

/** The kinds of sources. */
export const compositeSources: { readonly [K in SourceKind]: SourceDefinition<K> } = {
  terms: termsSource,
  histogram: histogramSource,
  date_histogram: dateHistogramSource,
};

/** What the kind of a source does. */
export function sourceDefinitionOf<K extends SourceKind>(source: SourceOf<K>): SourceDefinition<K> {
  return compositeSources[sourceKindOf(source)];
}
