/** The layouts of fields in segments: their one list on leaves. */
import type { Layout } from '../../../shared/schema/layouts.ts';
import { keywordLayout } from './keyword-layout.ts';
import type { LayoutDefinition } from './layout-definition.ts';
import { numberLayout } from './number-layout.ts';
import { textLayout } from './text-layout.ts';

const layouts = {
  text: textLayout,
  keyword: keywordLayout,
  number: numberLayout,
} as const satisfies { readonly [L in Layout]: LayoutDefinition<{ readonly kind: L }, { readonly kind: L }> };

/** What a field consists of before it is written. */
export type FieldContents = ReturnType<(typeof layouts)[Layout]['merge']>;

/** A field of an open segment. */
export type SegmentField = ReturnType<(typeof layouts)[Layout]['open']>;

/** The fields of one layout. */
export type FieldOf<L extends Layout> = Extract<SegmentField, { kind: L }>;

/** What is to be given back to a layout says by its `kind` to which. */
export function segmentLayout(layout: Layout): LayoutDefinition<FieldContents, SegmentField> {
  return layouts[layout];
}
