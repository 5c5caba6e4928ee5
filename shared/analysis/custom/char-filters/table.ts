/** The filters of characters by name. */
import type { CharFilter, PartDefinition } from '../part.ts';
import { htmlStripFilter } from './html-strip.ts';
import { mappingFilter } from './mapping.ts';
import { patternReplaceFilter } from './pattern-replace.ts';

export const charFilters: Readonly<Record<string, PartDefinition<CharFilter>>> = {
  html_strip: htmlStripFilter,
  mapping: mappingFilter,
  pattern_replace: patternReplaceFilter,
};
