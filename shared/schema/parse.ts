/** Reading the body of PUT /v1/indexes/{index}. */
import { SheafError } from '../errors.ts';
import { indexKinds, servedKinds, type IndexKind } from '../index-kinds/index-kinds.ts';
import type { IndexContents } from '../index-kinds/shared-kind.ts';
import { readObject } from '../json/read-object.ts';
import { integerWithin, oneOf, type Reader } from '../json/readers.ts';
import { RequestNode } from '../json/request-node.ts';
import { limits } from '../limits.ts';

/** What may be left out of the body: a new index gets the default, an existing one keeps what it has. */
type IndexOption = 'kind' | 'shards' | 'replicas' | 'routing' | 'dynamic';

export interface IndexBody extends IndexContents {
  readonly kind: IndexKind;
  readonly shards: number;
  readonly replicas: number;
  readonly routing?: 'required';
  /** The options the caller wrote; the others have their defaults. */
  readonly given: ReadonlySet<IndexOption>;
}

const indexDefaults = { kind: 'document', shards: 16, replicas: 1 } as const;

/** What a root was told of indexes that do not say it. */
export interface IndexDefaults {
  readonly replicas: number;
}

/**
 * Reads `{"kind"?, "shards"?, "replicas"?, "routing"?, "schema"}`; what a schema is depends on the kind.
 * @throws SheafError BODY_MISSING, REQUEST_…, or SCHEMA_INVALID with the reason in detail
 */
export function parseIndexBody(body: unknown, defaults: IndexDefaults = indexDefaults): IndexBody {
  if (body === undefined) throw new SheafError('BODY_MISSING');
  const properties = readObject(RequestNode.body(body), ['kind', 'shards', 'replicas', 'routing', 'schema']);
  const kind = properties.optional('kind', oneOf(servedKinds), indexDefaults.kind);
  const { contents, dynamicGiven } = properties.required('schema', indexKinds[kind].readContents);
  const options = ['kind', 'shards', 'replicas', 'routing'] as const;
  const given = new Set<IndexOption>(options.filter((name) => properties.has(name)));
  if (dynamicGiven) given.add('dynamic');
  return {
    kind,
    ...contents,
    shards: properties.optional('shards', integerWithin(1, limits.shardsMax), indexDefaults.shards),
    replicas: properties.optional('replicas', integerWithin(1, limits.replicasMax), defaults.replicas),
    ...(properties.optional('routing', readRouting(kind), 'optional') === 'required' ? { routing: 'required' } : {}),
    given,
  };
}

/** Only the keys of documents have shards that anything else could decide. */
function readRouting(kind: IndexKind): Reader<'required' | 'optional'> {
  return (node) => {
    const routing = oneOf(['required', 'optional'])(node);
    if (routing === 'required' && !indexKinds[kind].keysAreRouted) {
      throw node.invalid({ expected: `optional, as always of an index of kind ${kind}` });
    }
    return routing;
  };
}
