/** The numbers of a bucket that an expression speaks of. */
import { isObject, readEntries } from '../../shared/json/read-object.ts';
import type { Reader } from '../../shared/json/readers.ts';
import { readArray } from '../../shared/json/readers.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import type { BucketPath } from './bucket-path.ts';
import type { Shown } from './shown.ts';
import type { GapPolicy } from './gap-policy.ts';

export interface BucketVariables {
  readonly names: readonly string[];
  /** In their order. */
  readonly paths: readonly BucketPath[];
}

/** `{"name": path, …}`; a path by itself is called `_value`, those of a list `_value0`, `_value1` and so on, as in Elasticsearch. */
export function variablesReader(readPath: Reader<BucketPath>): Reader<BucketVariables> {
  return (node) => {
    const entries = entriesOf(node);
    if (entries.length === 0) throw node.invalid({ expected: 'at least one path', actual: 'none' });
    return { names: entries.map(({ name }) => name), paths: entries.map((entry) => readPath(entry.node)) };
  };
}

function entriesOf(node: RequestNode): readonly { readonly name: string; readonly node: RequestNode }[] {
  if (typeof node.value === 'string') return [{ name: '_value', node }];
  if (Array.isArray(node.value)) {
    return readArray(node, limits.aggregationsMax).map((path, i) => ({
      name: `_value${i}`,
      node: node.child(i, path),
    }));
  }
  if (!isObject(node.value)) throw node.wrongType('a path, or paths by name');
  return readEntries(node);
}

/** In the order of the names; NaN for what the bucket has not. */
export function valuesIn({ paths }: BucketVariables, bucket: Shown, policy: GapPolicy): number[] {
  return paths.map((path) => path.valueIn(bucket, policy));
}
