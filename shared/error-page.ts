/** docs/errors.md, made from the table: `npm run docs` writes it, a test compares. */
import { errorTable } from './errors.ts';

const retryWords = {
  never: 'no: it is wrong as it stands',
  later: 'yes, later',
  elsewhere: 'yes; inside a search another replica is asked at once',
} as const;

export function renderErrorPage(): string {
  const rows = Object.entries(errorTable).map(
    ([code, { status, retry, message, fix }]) =>
      `| \`${code}\` | ${status} | ${message} | ${retryWords[retry]} | ${fix} |`,
  );
  return `# Errors

Every error has a stable code. Over HTTP it looks like this, with the status in the table; \`at\` is a JSON pointer into
the body or the name of a URL parameter, \`detail\` holds the facts (the limit and the actual, the names allowed):

\`\`\`json
{"error":{"code":"FIELD_UNKNOWN","message":"the index has no such field","at":"/query/match/titel","detail":{"field":"titel"},"fix":"use a field of the schema, or add the field with PUT /v1/indexes/{index}"},"status":400}
\`\`\`

The same codes say in \`coverage.failures\` why a shard is missing from an answer, and in \`rejected.listed\` why a
document was not taken.

| code | status | what is wrong | repeat it? | what to do |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}
