/** An index that is created because it is written to: once, however many roots are told to at the same time. */
import { findIndex, type CatalogState, type IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { CreateMode } from '../../shared/catalog/create-mode.ts';
import { createUnder } from '../../shared/catalog/create-under.ts';
import type { CreateUnder, NewIndex, TemplateDefinition } from '../../shared/catalog/definition.ts';
import { isMadeAt } from '../../shared/catalog/index-id.ts';
import { templateFor } from '../../shared/catalog/templates.ts';
import { SheafError } from '../../shared/errors.ts';
import { checkIndexName } from '../../shared/schema/index-name.ts';
import { parseIndexBody, type IndexDefaults } from '../../shared/schema/parse.ts';
import { requireOperation, type IndexOperation, type RootKinds } from '../kinds/root-kind.ts';
import { aliasFaultError } from './alias-fault.ts';
import type { CatalogCopy } from './catalog-copy.ts';
import { indexUnder } from './index-under.ts';

export interface CreateDependencies {
  readonly catalog: Pick<CatalogCopy, 'state' | 'findWritten' | 'append'>;
  readonly config: IndexDefaults;
  readonly kinds: RootKinds;
  /** Milliseconds since 1970. */
  readonly userTime: () => number;
}

export interface WrittenTo {
  /** Name of an index or an alias. */
  readonly name: string;
  readonly mode: CreateMode;
  /** Nothing is created that would refuse it. */
  readonly operation: IndexOperation | null;
  /** Throws, or rejects, where the index that would be created takes no such write for another reason. */
  readonly check?: (index: IndexDefinition) => unknown;
}

/** Tries before giving up against others that take what these attempts stand on. */
const attemptsMax = 10;

/**
 * The one index that is written to under a name; it is created where there is none and the mode says so. Of many roots that try the
 * first entry in the log has the index, and the others find it. The caller is not made to wait for its shards: the log takes writes.
 * @throws SheafError as `findOne` and `requireOperation`; INDEX_NAME_INVALID; where nothing can be created INDEX_NOT_FOUND or what
 *   stands against it (NAME_TAKEN, ALIAS_TWO_WRITE_INDEXES, ALIASES_TOO_MANY), INDEX_NOT_READY, LOG_FULL
 */
export async function findOrCreate(root: CreateDependencies, written: WrittenTo): Promise<IndexDefinition> {
  const index = await findOrMake(root, written);
  if (written.operation !== null) requireOperation(root.kinds, index, written.operation);
  return index;
}

async function findOrMake(root: CreateDependencies, written: WrittenTo): Promise<IndexDefinition> {
  const { catalog } = root;
  const { name, mode, operation, check } = written;
  if (mode === 'never') return await catalog.findWritten(name);
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const found = attempt === 0 ? await findOneOrNone(catalog, name) : indexUnder(catalog.state, name);
    if (found !== undefined) return found;
    checkIndexName(name);
    const change = changeFor(root, catalog.state, written);
    const { definition } = change;
    const wouldBe = { ...definition, id: '', name };
    if (operation !== null) requireOperation(root.kinds, wouldBe, operation);
    await check?.(wouldBe);
    const tried = createUnder(catalog.state, { id: '', name }, change);
    if ('fault' in tried) throw aliasFaultError(tried.fault);
    const offset = await catalog.append(name, change);
    const made = findIndex(catalog.state, name);
    if (made !== undefined && isMadeAt(made.id, offset)) return made;
    // Another entry came first: the index is there, or there is something else to be said.
  }
  throw new SheafError('INDEX_NOT_READY', { detail: { index: name, reason: 'others keep creating and deleting it' } });
}

async function findOneOrNone(
  catalog: Pick<CatalogCopy, 'findWritten'>,
  name: string,
): Promise<IndexDefinition | undefined> {
  try {
    return await catalog.findWritten(name);
  } catch (error) {
    if (error instanceof SheafError && error.code === 'INDEX_NOT_FOUND') return undefined;
    throw error;
  }
}

/** @throws SheafError INDEX_NOT_FOUND where no template fits, and nothing else was asked for */
function changeFor(root: CreateDependencies, { templates }: CatalogState, { name, mode }: WrittenTo): CreateUnder {
  const template = templateFor(templates, name);
  if (template === undefined && mode === 'template') {
    const reason = 'no template fits the name: see GET /v1/templates, or write with create=dynamic';
    throw new SheafError('INDEX_NOT_FOUND', { detail: { index: name, reason } });
  }
  return { change: 'createUnder', ...madeOf(template, root.config), atMs: root.userTime() };
}

/** Without a template every field of the documents is added by its values. */
function madeOf(
  template: TemplateDefinition | undefined,
  defaults: IndexDefaults,
): { readonly definition: NewIndex; readonly aliases: CreateUnder['aliases'] } {
  if (template !== undefined) return { definition: template.definition, aliases: template.aliases };
  const { given: _given, ...definition } = parseIndexBody({ schema: { dynamic: true, fields: {} } }, defaults);
  return { definition, aliases: [] };
}
