import { isObject, readEntries, readObject } from '../../shared/json/read-object.ts';
import { numberThat, oneOf, readString } from '../../shared/json/readers.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import type { Expression } from '../../shared/expression/expression.ts';
import { parseExpression } from '../../shared/expression/parse.ts';

/** An expression, and the values of the names that the caller has given it. */
export interface Script {
  readonly expression: Expression;
  /** Of the names that are known before; they come after those of the buckets. */
  readonly constants: readonly number[];
}

export interface ScriptNames {
  /** Of the numbers that each bucket brings. */
  readonly variables: readonly string[];
  /** See Names. */
  readonly window: string | null;
}

const readNumber = numberThat('a number', () => true);

/**
 * A text, or `{"source", "lang"?: "painless" | "expression", "params"?: numbers by name}`. What is read of either language is
 * what they have in common, and no more.
 * @throws SheafError EXPRESSION_INVALID, REQUEST_…
 */
export function readScript(node: RequestNode, { variables, window }: ScriptNames): Script {
  if (!isObject(node.value)) return parse(node, { variables, window }, []);
  const properties = readObject(node, ['source', 'lang', 'params']);
  properties.optional('lang', oneOf(['painless', 'expression']), 'painless');
  const params = properties.optional('params', readEntries, []);
  for (const param of params) {
    if (!variables.includes(param.name) && param.name !== window) continue;
    throw param.node.invalid({ expected: 'a name that nothing else has', actual: param.name });
  }
  const names = { variables: [...variables, ...params.map(({ name }) => name)], window };
  const constants = params.map((param) => readNumber(param.node));
  return properties.required('source', (source) => parse(source, names, constants));
}

function parse(node: RequestNode, names: ScriptNames, constants: readonly number[]): Script {
  const text = readString(node);
  const expression = parseExpression(text, names, (detail) => node.fault('EXPRESSION_INVALID', detail));
  return { expression, constants };
}
