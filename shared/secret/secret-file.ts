/** The file with the secret of a cluster. Touches the world: files. */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { SheafError } from '../errors.ts';
import type { Secret } from './proof.ts';

const keyBytes = 32;
/** As hexadecimal that is 128 bits: fewer could be guessed from one handshake. */
const keyLengthMin = 32;
const keysMax = 2;
const ownerOnly = 0o600;

/**
 * One or two lines, blank ones aside: the key, and while it is changed the former one below it.
 * @throws SheafError SECRET_UNREADABLE
 */
export function readSecret(path: string): Secret {
  const keys = readText(path)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const refuse = (reason: string): SheafError => new SheafError('SECRET_UNREADABLE', { detail: { path, reason } });
  if (keys.length === 0) throw refuse('it is empty');
  if (keys.length > keysMax) throw refuse(`it has ${keys.length} lines`);
  const short = keys.findIndex((key) => key.length < keyLengthMin);
  if (short >= 0) throw refuse(`line ${short + 1} has ${keys[short]!.length} characters`);
  return keys;
}

/** The same where a file was named, or undefined. */
export function readSecretOf({ secretFile }: { readonly secretFile?: string }): Secret | undefined {
  return secretFile === undefined ? undefined : readSecret(secretFile);
}

/** Makes the file where there is none, whole or not at all, for nobody but its owner to read. Not for two at once. */
export function makeSecret(path: string): void {
  if (existsSync(path)) return;
  const unfinished = `${path}.unfinished`;
  const file = openSync(unfinished, 'w', ownerOnly);
  try {
    writeSync(file, `${randomBytes(keyBytes).toString('hex')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SheafError('SECRET_UNREADABLE', { detail: { path, reason }, cause: error });
  }
}
