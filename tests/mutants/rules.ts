/**
 * Bugs by rule: every change of one source that a rule makes, as small slips of a hand would. Pure.
 *
 * Only what runs is changed: types are left alone, as are imports. A change need not make a difference; those that cannot
 * are listed in equivalent.ts.
 */
import { parseSync, visitorKeys } from 'oxc-parser';

export type Rule =
  | 'negate a condition'
  | 'move a border'
  | 'swap an operator'
  | 'change a constant'
  | 'drop a statement'
  | 'return early';

export interface Mutation {
  /** From the root of the repository. */
  readonly file: string;
  readonly rule: Rule;
  /** Where the text that is replaced begins and ends. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

interface Place {
  readonly node: Node;
  readonly textOf: (node: Node) => string;
  readonly change: (rule: Rule, node: Pick<Node, 'start' | 'end'>, text: string) => void;
}

const borders: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };
const opposites: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '&&': '||',
  '||': '&&',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
};

/** What the rules make of a node, by its type. */
const makers: Readonly<Record<string, (place: Place) => void>> = {
  IfStatement: negate,
  WhileStatement: negate,
  DoWhileStatement: negate,
  ConditionalExpression: negate,
  BinaryExpression: swap,
  LogicalExpression: swap,
  Literal: changeConstant,
  ExpressionStatement: ({ node, change }) => change('drop a statement', node, ';'),
  FunctionDeclaration: returnEarly,
  FunctionExpression: returnEarly,
  ArrowFunctionExpression: returnEarly,
};

/** Every mutation of a source, in the order of their places. @throws Error where it cannot be parsed */
export function mutationsOf(file: string, source: string): Mutation[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]!.message}`);
  const mutations: Mutation[] = [];
  const textOf = ({ start, end }: Node): string => source.slice(start, end);
  const change: Place['change'] = (rule, { start, end }, text) => mutations.push({ file, rule, start, end, text });
  const visit = (node: Node): void => {
    if (node.type.startsWith('TS') && !passedThrough.has(node.type)) return;
    if (node.type === 'ImportDeclaration') return;
    makers[node.type]?.({ node, textOf, change });
    for (const key of visitorKeys[node.type] ?? []) {
      for (const child of [node[key]].flat()) if (isNode(child)) visit(child);
    }
  };
  visit(program as unknown as Node);
  return mutations.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The source with the mutation in it. */
export function mutate(source: string, { start, end, text }: Mutation): string {
  return source.slice(0, start) + text + source.slice(end);
}

/** The lines that a mutation changes: as they are, and as they would be. Says which mutation it is, wherever the lines stand. */
export function linesOf(source: string, { start, end, text }: Mutation): readonly [before: string, after: string] {
  const from = source.lastIndexOf('\n', start - 1) + 1;
  const until = source.indexOf('\n', end);
  const last = until < 0 ? source.length : until;
  const flat = (lines: string): string => lines.trim().replace(/\s+/g, ' ');
  return [flat(source.slice(from, last)), flat(source.slice(from, start) + text + source.slice(end, last))];
}

/** Of the nodes of types those that hold what runs. */
const passedThrough: ReadonlySet<string> = new Set(['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression']);

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function negate({ node, textOf, change }: Place): void {
  const condition = node['test'] as Node;
  change('negate a condition', condition, `!(${textOf(condition)})`);
}

function swap({ node, textOf, change }: Place): void {
  const [left, right] = [node['left'] as Node, node['right'] as Node];
  const operator = node['operator'] as string;
  const replaced = (by: string): string => `${textOf(left)} ${by} ${textOf(right)}`;
  const border = borders[operator];
  const opposite = opposites[operator];
  if (border !== undefined) change('move a border', node, replaced(border));
  // Texts are put together by + as well.
  const isOfTexts = operator === '+' && [left, right].some(isText);
  if (opposite !== undefined && !isOfTexts) change('swap an operator', node, replaced(opposite));
}

function isText({ type, value }: Node): boolean {
  return type === 'TemplateLiteral' || typeof value === 'string';
}

function changeConstant({ node, change }: Place): void {
  const { value } = node;
  if (typeof value === 'number') change('change a constant', node, value === 0 ? '1' : `${value + 1}`);
  if (typeof value === 'boolean') change('change a constant', node, `${!value}`);
}

/** Of a function that gives nothing back: another would only crash. */
function returnEarly({ node, change }: Place): void {
  const body = node['body'] as Node | null;
  const returned = (node['returnType'] as { readonly typeAnnotation: Node } | null)?.typeAnnotation;
  if (body?.type !== 'BlockStatement' || returned?.type !== 'TSVoidKeyword') return;
  if ((body['body'] as Node[]).length > 0)
    change('return early', { start: body.start + 1, end: body.start + 1 }, ' return;');
}
