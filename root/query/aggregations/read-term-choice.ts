/** How callers say which terms have buckets. */
import { patternOf, type TermChoice, type TermSet } from '../../../shared/aggregation/term-choice.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import { arrayOf, integerWithin, readString, type Reader } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { limits } from '../../../shared/limits.ts';
import { madeOfPattern } from '../../../shared/query/patterns/regexp/regexp-fault.ts';
import { definitionOf, type FieldKind } from '../../../shared/schema/kinds/field-kinds.ts';
import { unreadable } from '../operand.ts';

/** A value of a field as a document or an answer has it. */
export function termReader(kind: FieldKind): Reader<number | string> {
  const definition = definitionOf(kind);
  return (node) => {
    const reading = definition.readShown(node.value);
    if (reading.kind === 'wrong') throw unreadable(node, reading.expected, definition);
    return reading.value;
  };
}

/** `include`: an array of values, a pattern, or `{"partition", "num_partitions"}`. */
export function includeReader(kind: FieldKind): Reader<TermSet> {
  const readSet = excludeReader(kind);
  return (node) => (typeof node.value === 'object' && !Array.isArray(node.value) ? readPartition(node) : readSet(node));
}

/** `exclude`: an array of values, or a pattern. */
export function excludeReader(kind: FieldKind): Reader<TermSet> {
  const readValues = arrayOf(termReader(kind), limits.queryValuesMax);
  return (node) => {
    if (Array.isArray(node.value)) return { kind: 'values', values: readValues(node) };
    if (!definitionOf(kind).isString) throw node.wrongType(`an array of values: only keywords have patterns`);
    return readPattern(node);
  };
}

export function choiceOf(include: TermSet | undefined, exclude: TermSet | undefined): { choice?: TermChoice } {
  if (include === undefined && exclude === undefined) return {};
  return { choice: { ...(include === undefined ? {} : { include }), ...(exclude === undefined ? {} : { exclude }) } };
}

function readPattern(node: RequestNode): TermSet {
  const pattern = readString(node);
  // As a whole, once, so that no leaf meets what is too complex.
  madeOfPattern(node, () => patternOf(pattern).determinize());
  return { kind: 'pattern', pattern };
}

function readPartition(node: RequestNode): TermSet {
  const properties = readObject(node, ['partition', 'num_partitions']);
  const partitions = properties.required('num_partitions', integerWithin(1, limits.termPartitionsMax));
  return {
    kind: 'partition',
    partition: properties.required('partition', integerWithin(0, partitions - 1)),
    partitions,
  };
}
