/** An expression as a tree. All is a number: a comparison is 1 or 0, and what is neither 0 nor NaN counts as true. */
import type { CallableFunction } from './functions.ts';

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '<' | '<=' | '>' | '>=' | '==' | '!=' | '&&' | '||';

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  /** By its place among the names that the expression may use. */
  | { readonly kind: 'variable'; readonly index: number }
  | { readonly kind: 'negated' | 'not'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'choice';
      readonly condition: Expression;
      readonly chosen: Expression;
      readonly otherwise: Expression;
    }
  | { readonly kind: 'call'; readonly called: CallableFunction; readonly values: readonly Expression[] };
