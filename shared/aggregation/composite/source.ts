/** What a kind of source of a composite aggregation is to both sides of the wire. */
import type { Validators } from '../../json/validators.ts';

/** Of each kind, by the name that callers use, what is asked of it besides what all are asked. */
export interface SourceByKind {}

export type SourceKind = keyof SourceByKind;

interface AnySource {
  /** Its name in keys. */
  readonly name: string;
  readonly field: string;
  readonly descending: boolean;
  /** Where documents without a value are; they are left out where this is. */
  readonly missing?: 'first' | 'last';
}

export type SourceOf<K extends SourceKind> = {
  [Kind in SourceKind]: AnySource & { readonly by: Kind } & SourceByKind[Kind];
}[K];
export type CompositeSource = SourceOf<SourceKind>;

/** Keys of a source are numbers or strings between processes. */
export interface SourceDefinition<K extends SourceKind> {
  /** Of what is asked besides what all are asked. */
  readonly validators: Validators;
  /** Of what may be left out. */
  readonly optional?: Validators;
  isKey(this: void, source: SourceOf<K>, key: unknown): boolean;
  /** A key as a caller sees it. @throws SheafError REQUEST_VALUE_INVALID where it cannot be told */
  show(this: void, source: SourceOf<K>, key: number | string): string | number | boolean;
}

/** The type of a source says which kind it is of; that its `by` says the same is taken for granted here alone. */
export function sourceKindOf<K extends SourceKind>(source: SourceOf<K>): K {
  return source.by;
}
