/**
 * The leaf's copy of the catalog in a file. Touches the world: files, without holding up the answering thread.
 *
 *     {"offset":7,"indexes":{"books":{…}}}            the catalog as it was when the file was begun
 *     {"offset":8,"changed":[{…}],"deleted":[]}       what has become of it, a line for each time it was written
 *     {"offset":9,…,"aliases":{"changed":[{…}],…}}    and of its aliases, templates or sources, where they have changed
 *
 * Each line is under a checksum (see shared/data-folder/sealed.ts). A change costs what it says, however many indexes there are. The file is begun anew, in one step, once the lines are
 * more than what they follow. A line that was cut short by a crash ends the file: what it said comes from the log again.
 */
import { open, readFile } from 'node:fs/promises';
import type { CatalogState } from '../../shared/catalog/catalog.ts';
import type {
  AliasDefinition,
  IndexDefinition,
  SourceDefinition,
  TemplateDefinition,
} from '../../shared/catalog/definition.ts';
import { isStoredCatalog, readStoredCatalog, storedCatalog } from '../../shared/catalog/stored-catalog.ts';
import { isDefinition } from '../../shared/catalog/stored-index.ts';
import { isSource } from '../../shared/catalog/stored-source.ts';
import { isTemplate } from '../../shared/catalog/stored-template.ts';
import { seal, unseal } from '../../shared/data-folder/sealed.ts';
import { SheafError } from '../../shared/errors.ts';
import { isObject } from '../../shared/json/read-object.ts';
import { isArrayOf } from '../../shared/json/is-array-of.ts';
import { isCount } from '../../shared/json/is-count.ts';
import { isAlias } from '../../shared/catalog/stored-alias.ts';
import type { TrieMap } from '../../shared/trie/trie-map.ts';
import { replaceDurably } from './stored-value.ts';

/** Lines are not worth beginning anew for before there are so many bytes of them. */
const appendedBytesMin = 64 * 1024;

/** How the file is written, durably. */
export interface CatalogDisk {
  /** In one step: after a crash the file is whole, old or new. */
  replace(path: string, text: string): Promise<void>;
  append(path: string, text: string): Promise<void>;
}

export const catalogDisk: CatalogDisk = {
  replace: replaceDurably,
  append: async (path, text) => {
    const file = await open(path, 'a');
    try {
      await file.appendFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
  },
};

interface Change {
  readonly offset: number;
  readonly changed: readonly IndexDefinition[];
  /** Names. */
  readonly deleted: readonly string[];
  /** Where they have changed, as the next three. */
  readonly aliases?: Changed<AliasDefinition>;
  readonly templates?: Changed<TemplateDefinition>;
  readonly sources?: Changed<SourceDefinition>;
  /** See CatalogState.applied. */
  readonly applied?: readonly number[];
}

interface Changed<V> {
  readonly changed: readonly V[];
  /** Names. */
  readonly deleted: readonly string[];
}

/** Writes one state after another; of those that come while a write is under way only the newest is written. */
export class CatalogFile {
  private readonly path: string;
  private readonly onFault: (error: unknown) => void;
  private readonly disk: CatalogDisk;
  /** What the file says; null where that is not certain. */
  private written: CatalogState | null = null;
  private next: CatalogState | null = null;
  private writing: Promise<void> | null = null;
  private wholeBytes = 0;
  private appendedBytes = 0;

  constructor(path: string, onFault: (error: unknown) => void, disk: CatalogDisk = catalogDisk) {
    this.path = path;
    this.onFault = onFault;
    this.disk = disk;
  }

  write(state: CatalogState): void {
    this.next = state;
    this.writing ??= this.writeAll();
  }

  /** Resolves when everything given so far is written, or could not be. */
  async settled(): Promise<void> {
    await this.writing;
  }

  private async writeAll(): Promise<void> {
    while (this.next !== null) {
      const state = this.next;
      this.next = null;
      const before = this.written;
      // Until it is done nobody knows what there is of it.
      this.written = null;
      try {
        if (before === null || this.isLong) await this.begin(state);
        else await this.append(before, state);
        this.written = state;
      } catch (error) {
        this.onFault(error);
      }
    }
    this.writing = null;
  }

  private get isLong(): boolean {
    return this.appendedBytes > Math.max(appendedBytesMin, this.wholeBytes);
  }

  private async begin(state: CatalogState): Promise<void> {
    const text = seal(storedCatalog(state));
    await this.disk.replace(this.path, text);
    this.wholeBytes = text.length;
    this.appendedBytes = 0;
  }

  private async append(before: CatalogState, state: CatalogState): Promise<void> {
    const text = seal(changeOf(before, state));
    this.appendedBytes += text.length;
    await this.disk.append(this.path, text);
  }
}

function changeOf(before: CatalogState, after: CatalogState): Change {
  const { offset, indexes, aliases, templates, sources, applied } = after;
  return {
    offset,
    ...differencesOf(before.indexes, indexes),
    ...(aliases === before.aliases ? {} : { aliases: differencesOf(before.aliases, aliases) }),
    ...(templates === before.templates ? {} : { templates: differencesOf(before.templates, templates) }),
    ...(sources === before.sources ? {} : { sources: differencesOf(before.sources, sources) }),
    ...(applied === before.applied ? {} : { applied }),
  };
}

function differencesOf<V>(before: TrieMap<V>, after: TrieMap<V>): Changed<V> {
  const differences = after.differences(before);
  return {
    changed: differences.map((difference) => difference.after).filter((value) => value !== undefined),
    deleted: differences.filter((difference) => difference.after === undefined).map(({ key }) => key),
  };
}

/**
 * What the file says up to where it can be read; null where there is no file, or nothing of it can be read.
 * @param onDamage called where there is more in the file than what was read
 * @throws what the file system throws
 */
export async function readCatalogFile(path: string, onDamage: () => void): Promise<CatalogState | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  // With their ends: a line without one was cut short.
  const [first = '', ...lines] = text.split(/(?<=\n)/);
  const whole = unsealed(first, path);
  if (!isStoredCatalog(whole)) {
    onDamage();
    return null;
  }
  let state = readStoredCatalog(whole);
  for (const line of lines) {
    const change = unsealed(line, path);
    if (!isChange(change)) {
      onDamage();
      break;
    }
    state = apply(state, change);
  }
  return state;
}

function apply(state: CatalogState, change: Change): CatalogState {
  const { offset, aliases, templates, sources, applied, ...ofIndexes } = change;
  return {
    offset,
    indexes: applyTo(state.indexes, ofIndexes),
    aliases: aliases === undefined ? state.aliases : applyTo(state.aliases, aliases),
    templates: templates === undefined ? state.templates : applyTo(state.templates, templates),
    sources: sources === undefined ? state.sources : applyTo(state.sources, sources),
    applied: applied ?? state.applied,
  };
}

interface Named {
  readonly name: string;
}

function applyTo<V extends Named>(before: TrieMap<V>, { changed, deleted }: Changed<V>): TrieMap<V> {
  let next = before;
  for (const value of changed) next = next.with(value.name, value);
  for (const name of deleted) next = next.without(name);
  return next;
}

function isChange(value: unknown): value is Change {
  if (!isObject(value) || !Number.isSafeInteger(value['offset'])) return false;
  const { aliases, templates, sources, applied } = value;
  if (aliases !== undefined && !isChanged(aliases, isAlias)) return false;
  if (templates !== undefined && !isChanged(templates, isTemplate)) return false;
  if (sources !== undefined && !isChanged(sources, isSource)) return false;
  return (applied === undefined || isArrayOf(applied, isCount)) && isChanged(value, isDefinition);
}

function isChanged<V>(value: unknown, fits: (item: unknown) => item is V): value is Changed<V> {
  return isObject(value) && isArrayOf(value['changed'], fits) && isArrayOf(value['deleted'], isText);
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** Undefined where the line is damaged. */
function unsealed(line: string, path: string): unknown {
  try {
    return unseal(line, path);
  } catch (error) {
    if (error instanceof SheafError) return undefined;
    throw error;
  }
}
