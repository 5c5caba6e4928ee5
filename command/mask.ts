/**
 * What is said on stderr, without the credentials that the command line or a variable has: a misspelt option, an address with a name and a password, a value in
 * the wrong place. Pure.
 */
import { withoutCredentials } from '../shared/config/without-credentials.ts';

export type Mask = (text: string) => string;

const scheme = /^(?:--?[^=]*=)?(?:[a-z][a-z0-9+.-]*:\/\/|kafka:)?/is;

/**
 * @param args of the command line
 * @param environment of which the variables of Sheaf count
 */
export function maskOf(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Mask {
  const variables = Object.entries(environment).flatMap(([name, value]) => {
    return name.startsWith('SHEAF_') && value !== undefined ? [value] : [];
  });
  const replacements = new Map<string, string>();
  for (const arg of args) {
    // What stands behind an option that is none may be anything. Options that there are are told by their names.
    const option = /^(--?[^=]+)=./s.exec(arg)?.[1];
    if (option !== undefined) replacements.set(arg, option);
  }
  for (const text of [...args, ...variables]) {
    for (const each of text.split(',')) {
      const credentials = credentialsOf(each);
      if (credentials === '') continue;
      const json = JSON.stringify(credentials).slice(1, -1);
      for (const form of [credentials, json]) replacements.set(`${form}@`, '***@');
      replacements.set(`${encodeURIComponent(credentials)}%40`, '***%40');
    }
  }
  // The longest first: one may be part of another.
  const ordered = [...replacements].sort(([one], [other]) => other.length - one.length);
  return (text) => ordered.reduce((told, [from, to]) => told.replaceAll(from, to), text);
}

/** What stands before the last `@`, and behind the scheme; nothing where there is none of either. */
function credentialsOf(text: string): string {
  const rest = text.slice(scheme.exec(text)![0].length);
  const masked = withoutCredentials(rest);
  return masked === rest ? '' : rest.slice(0, rest.length - masked.length + '***'.length);
}
