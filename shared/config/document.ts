/** The page docs/configuration.md, made of the config table. Pure. */
import { defaultOf, roles, settingsOf, type Role, type Setting } from './table.ts';
import { expectedOf } from './value.ts';

const introduction = `# Configuration

Every setting is an option of the command line and an environment variable. The option wins over the variable, the
variable over the default; an empty variable counts as absent. A process that is given anything it cannot use says
everything that is wrong with it in one line and ends with exit code 1.

A Kubernetes service named \`sheaf\` makes Kubernetes set \`SHEAF_PORT=tcp://…\` in every pod, which no process here can
use: give pods \`enableServiceLinks: false\`.

This page is made of the table in \`shared/config/table.ts\` by \`node shared/config/write-document.ts\`, and a test
holds the two together.
`;

const titles: Readonly<Record<Role, string>> = {
  up: 'a whole cluster on this machine',
  scale: 'more leaves, or fewer, in a cluster of `up` that runs',
  root: 'one root',
  leaf: 'one leaf',
  log: 'the log',
  load: 'documents from a file into an index',
  index: 'the indexes, or one of them',
  get: 'one document',
  put: 'putting or patching one document',
  delete: 'deleting one document',
  search: 'one search',
  count: 'how many documents there are',
  alias: 'the aliases, or one of them',
  template: 'what indexes are like that writes create',
  analyze: 'the terms of a text',
  jobs: 'what changes many documents',
  source: 'topics of Kafka whose messages become documents',
  reindex: 'copying an index into one of another shape, and taking its place',
  snapshot: 'keeping the state of all indexes in object storage',
  snapshots: 'the states that are kept',
  restore: 'indexes from object storage',
  cluster: 'what the cluster looks like',
  export: 'the sums of a roll-up as a table of SQLite',
  entry: 'what stands in the log at an offset, and leaving it out',
};

/** The whole page. */
export function configurationPage(): string {
  return [introduction, ...roles.map(section)].join('\n');
}

function section(role: Role): string {
  const rows = settingsOf(role).map((setting) => row(setting, role));
  const head = '| option | variable | default | takes | what it is |\n|---|---|---|---|---|';
  return `## \`sheaf ${role}\`: ${titles[role]}\n\n${head}\n${rows.join('\n')}\n`;
}

function row(setting: Setting, role: Role): string {
  const text = defaultOf(setting, role);
  const shown = text === undefined ? '–' : `\`${text}\``;
  const cells = [`\`${setting.flag}\``, `\`${setting.variable}\``, shown, expectedOf(setting), setting.doc];
  return `| ${cells.join(' | ')} |`;
}
