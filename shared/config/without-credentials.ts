/** Text as it may be told. Pure. */

const credentials = /^([a-z][a-z0-9+.-]*:\/\/|kafka:)?.*@/is;

/** What a user has written as the place of a service, without a name and a password before the host: these may stand in errors, and errors in logs. */
export function withoutCredentials(text: string): string {
  return text.replace(credentials, '$1***@');
}
