/** Reads the body that asks for a job. Touches the world through the catalog. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import { jobKindNames, type JobSpec } from '../../shared/jobs/job-entry.ts';
import { shorten } from '../../shared/json/describe-value.ts';
import { isObject, readObject } from '../../shared/json/read-object.ts';
import { numberThat, oneOf, readNonEmptyString } from '../../shared/json/readers.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';
import { requireOperation, type RootKinds } from '../kinds/root-kind.ts';
import { anyTime } from '../query/query-scope.ts';
import { readQuery } from '../query/read-query.ts';
import { findSource, withFilter } from './find-source.ts';
import { jobKinds } from './kinds/job-kinds.ts';

const common = ['kind', 'index', 'query'] as const;
/** Of kinds that change documents. */
const ofChanges = ['conflicts', 'docsPerSecond'] as const;

const readKind = oneOf(jobKindNames);
const readConflicts = oneOf(['count', 'fail']);
const readRate = numberThat(
  `from ${limits.jobDocsPerSecondMin} to ${limits.jobDocsPerSecondMax}`,
  (value) => value >= limits.jobDocsPerSecondMin && value <= limits.jobDocsPerSecondMax,
);

/**
 * @throws SheafError for the first fault, with a JSON pointer to it; INDEX_KIND_WRONG, INDEX_APPEND_ONLY; what `findSource` throws;
 *   ALIAS_NOT_FOUND, NAME_TAKEN, JOB_INTO_IN_ALIAS; INDEX_HELD, also of what it would write to
 */
export async function readJob(
  body: unknown,
  kinds: RootKinds,
  catalog: Pick<CatalogCopy, 'catchUp' | 'find' | 'look' | 'state'>,
): Promise<{ readonly spec: JobSpec; readonly index: IndexDefinition }> {
  const node = RequestNode.body(body);
  // What else may be there depends on the kind.
  const said = isObject(body) && Object.hasOwn(body, 'kind') ? readKind(node.child('kind', body['kind'])) : null;
  const kind = said === null ? null : jobKinds[said];
  const properties = readObject(node, [
    ...common,
    ...(kind?.does === 'aggregates' ? [] : ofChanges),
    ...(kind?.properties ?? []),
  ]);
  const name = properties.required('kind', readKind);
  const conflicts = properties.optional('conflicts', readConflicts, 'count');
  const docsPerSecond = properties.optional('docsPerSecond', readRate, null);
  const { index, filter } = await findSource(catalog, properties.required('index', readNonEmptyString), '/index');
  requireOperation(kinds, index, jobKinds[name].operation);
  if (jobKinds[name].does === 'changes') requireFree(index);
  const asked = properties.optional(
    'query',
    (each) => {
      readQuery(each, index.schema, { now: anyTime });
      return each.value;
    },
    undefined,
  );
  const findWritten = async (each: string): Promise<IndexDefinition> => {
    const target = await catalog.find(each);
    requireOperation(kinds, target, jobKinds[name].operation);
    requireFree(target);
    return target;
  };
  const own = await jobKinds[name].read(properties, index, { catalog, find: findWritten });
  // What takes the place of an index is all of it: an alias shows of that what it showed before.
  const isWhole = own.alias !== undefined;
  if (isWhole && asked !== undefined) throw refusePart(asked);
  const query = isWhole ? undefined : withFilter(asked, filter);
  const spec: JobSpec = {
    kind: name,
    index: index.name,
    indexId: index.id,
    ...(query === undefined ? {} : { query }),
    ...own,
    conflicts,
    docsPerSecond,
  };
  return { spec, index };
}

/** What is changed in an index that is held would be in no copy: as of any write. @throws SheafError INDEX_HELD */
function requireFree({ name, move }: IndexDefinition): void {
  if ((move?.heldAt ?? null) !== null) throw new SheafError('INDEX_HELD', { detail: { index: name } });
}

function refusePart(query: unknown): SheafError {
  const expected = 'no query beside alias: a copy that lacks what does not match cannot take the place of its index';
  return new SheafError('REQUEST_VALUE_INVALID', {
    at: '/query',
    detail: { expected, actual: shorten(JSON.stringify(query)) },
  });
}
