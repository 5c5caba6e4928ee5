import { shownNameOf, valueTypeOf } from '../../../../shared/schema/kinds/field-kinds.ts';
import { valueKinds } from '../../fields.ts';
import { termReader } from '../read-term-choice.ts';
import type { CallerSource } from './source.ts';

/** `{"field"}` of any kind but text. */
export const termsSource: CallerSource<'terms', never> = {
  names: [],
  kinds: valueKinds,
  read: (_properties, { kind }) => ({ values: valueTypeOf(kind), show: shownNameOf(kind) }),
  readKey: (node, _source, { kind }) => termReader(kind)(node),
};
