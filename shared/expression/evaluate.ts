/** What an expression is worth. */
import type { Expression } from './expression.ts';

const noWindow: readonly number[] = [];

/** Numbers by their places. */
export type Variables = ArrayLike<number>;

/** @param variables by their places @param window empty where there is none */
export function evaluate(expression: Expression, variables: Variables, window = noWindow): number {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'variable':
      return variables[expression.index]!;
    case 'negated':
      return -evaluate(expression.operand, variables, window);
    case 'not':
      return isTrue(evaluate(expression.operand, variables, window)) ? 0 : 1;
    case 'binary':
      return evaluateBinary(expression, variables, window);
    case 'choice': {
      const { condition, chosen, otherwise } = expression;
      return evaluate(isTrue(evaluate(condition, variables, window)) ? chosen : otherwise, variables, window);
    }
    case 'call':
      return evaluateCall(expression, variables, window);
  }
}

/** Functions of numbers have one or two: nothing is allocated for these. */
function evaluateCall(
  { called, values }: Extract<Expression, { kind: 'call' }>,
  variables: Variables,
  window: readonly number[],
): number {
  if (called.of === 'window') return called.call(window, ...values.map((value) => evaluate(value, variables, window)));
  const first = evaluate(values[0]!, variables, window);
  return values.length === 1 ? called.call(first) : called.call(first, evaluate(values[1]!, variables, window));
}

export function isTrue(value: number): boolean {
  return value !== 0 && !Number.isNaN(value);
}

/** The right side is not looked at where the left one decides. */
function evaluateBinary(
  { operator, left, right }: Extract<Expression, { kind: 'binary' }>,
  variables: Variables,
  window: readonly number[],
): number {
  const a = evaluate(left, variables, window);
  if (operator === '&&' && !isTrue(a)) return 0;
  if (operator === '||' && isTrue(a)) return 1;
  const b = evaluate(right, variables, window);
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '<':
      return a < b ? 1 : 0;
    case '<=':
      return a <= b ? 1 : 0;
    case '>':
      return a > b ? 1 : 0;
    case '>=':
      return a >= b ? 1 : 0;
    case '==':
      return a === b ? 1 : 0;
    case '!=':
      return a === b ? 0 : 1;
    case '&&':
    case '||':
      return isTrue(b) ? 1 : 0;
  }
}

/** Steps of one evaluation, at most. @param windowLength numbers in the window */
export function costOf(expression: Expression, windowLength = 0): number {
  const sum = (...parts: readonly Expression[]): number =>
    parts.reduce((total, part) => total + costOf(part, windowLength), 1);
  switch (expression.kind) {
    case 'number':
    case 'variable':
      return 1;
    case 'negated':
    case 'not':
      return sum(expression.operand);
    case 'binary':
      return sum(expression.left, expression.right);
    case 'choice':
      return sum(expression.condition, expression.chosen, expression.otherwise);
    case 'call':
      return sum(...expression.values) + (expression.called.of === 'window' ? windowLength : 0);
  }
}
