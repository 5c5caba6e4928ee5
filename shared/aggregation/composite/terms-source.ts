import { oneOf } from '../../json/readers.ts';
import { jsonOfKey, shownNames, type ShownName } from '../../schema/kinds/field-kinds.ts';
import { validateValueKind, type ValueKind } from '../value-kind.ts';
import type { SourceDefinition } from './source.ts';

/** Each distinct value of a field. */
export interface TermsSource {
  readonly values: ValueKind;
  readonly show: ShownName;
}

declare module './source.ts' {
  interface SourceByKind {
    readonly terms: TermsSource;
  }
}

export const termsSource: SourceDefinition<'terms'> = {
  validators: { values: validateValueKind, show: oneOf(shownNames) },
  isKey: ({ values }, key) => typeof key === values,
  show: ({ show }, key) => jsonOfKey(show, key),
};
