/**
 * Whose a data folder is, and of which log its contents are: two files that say the same, so that one damaged byte does
 * not make strangers of the replicas beside them. Touches the world: files.
 */
import { join } from 'node:path';
import { SheafError } from '../../shared/errors.ts';
import { isObject } from '../../shared/json/read-object.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { readCopy } from './stored-copy.ts';
import { isThere, notWritable, setAside, StoredValue, writeStored } from './stored-value.ts';

export interface Owner {
  readonly leaf: string;
  /** Identity of the log; null until there was one. */
  readonly log: string | null;
}

const names = ['leaf.json', 'leaf.copy.json'];

/** What is of the log that the owner names. */
const contents = ['catalog.jsonl', 'indexes'];

/**
 * Who owns the folder: the leaf of this name, where nobody did. Of two files of which one is damaged or missing it is made
 * from the other. Where neither can be read, nobody knows of which log the replicas are: they may be the last copy of what
 * another has lost, so they are set aside, and the leaf begins with none.
 * @throws SheafError DATA_NOT_WRITABLE, DATA_CORRUPT when it is another leaf's
 */
export async function claimFolder(folder: string, leaf: string, telemetry: Telemetry): Promise<Owner> {
  const paths = names.map((name) => join(folder, name));
  const [first, second] = await Promise.all(paths.map((path) => readCopy(path, isOwner, telemetry)));
  const found = first ?? second ?? null;
  if (found !== null && found.leaf !== leaf) {
    const detail = { path: folder, reason: 'the folder belongs to another leaf', owner: found.leaf, leaf };
    throw new SheafError('DATA_CORRUPT', { detail });
  }
  if (found === null) await setContentsAside(folder, telemetry);
  const owner = found ?? { leaf, log: null };
  for (const [index, known] of [first, second].entries()) {
    if (known?.leaf !== owner.leaf || known.log !== owner.log) await write(paths[index]!, owner);
  }
  return owner;
}

/** Replaces both files, each in one step. */
export class StoredOwner {
  private readonly files: readonly StoredValue<Owner>[];

  constructor(folder: string, onFault: (error: unknown) => void) {
    this.files = names.map((name) => new StoredValue(join(folder, name), onFault));
  }

  write(owner: Owner): void {
    for (const file of this.files) file.write(owner);
  }

  /** @see StoredValue.settled */
  async settled(): Promise<void> {
    await Promise.all(this.files.map((file) => file.settled()));
  }
}

async function setContentsAside(folder: string, telemetry: Telemetry): Promise<void> {
  for (const path of contents.map((name) => join(folder, name))) {
    if (!(await isThere(path))) continue;
    const aside = await setAside(path);
    telemetry.error(
      { path, aside },
      'nothing says of which log this is: it is set aside, and filled again from the log',
    );
  }
}

async function write(path: string, owner: Owner): Promise<void> {
  await writeStored(path, owner).catch((error: unknown) => {
    throw notWritable(path, error);
  });
}

function isOwner(value: unknown): value is Owner {
  if (!isObject(value) || typeof value['leaf'] !== 'string') return false;
  return value['log'] === null || typeof value['log'] === 'string';
}
