/** The command line of `sheaf`: which commands there are, and what runs them. */
import { Command } from 'commander';
import type { Role } from '../shared/config/table.ts';
import { addOptions, givenFlags } from './options/options.ts';

/** Runs one command with what the command line said. @returns exit code */
export type Run = (role: Role, flags: Readonly<Record<string, string>>, operands: readonly string[]) => Promise<number>;

interface CommandRow {
  readonly role: Role;
  /** The operands, as commander writes them. */
  readonly operands: string;
  readonly summary: string;
  readonly more?: string;
}

const exitCodes = 'Exit code: 0, or 1 on an error';

const commands: readonly CommandRow[] = [
  {
    role: 'up',
    operands: '',
    summary: 'run a whole cluster on this machine: the log, leaves and a root',
    more: 'Settings of the single processes can be given too; they are passed on.',
  },
  {
    role: 'scale',
    operands: '',
    summary: 'have more leaves, or fewer, in a cluster that runs: sheaf scale --leaves 4',
    more: `Starts or ends leaves of the sheaf up that runs with the data folder, as a StatefulSet would; searches and writes go\non meanwhile. ${exitCodes}.`,
  },
  { role: 'root', operands: '', summary: 'run one root: the HTTP API, which asks the leaves' },
  { role: 'leaf', operands: '', summary: 'run one leaf: it holds shards and searches them' },
  { role: 'log', operands: '', summary: 'run the log: the durable record of all changes' },
  {
    role: 'load',
    operands: '<index> <file>',
    summary: 'load documents from a file, or from stdin as "-"',
    more:
      'The file is NDJSON, a JSON array, an object around one ({"data": [...]}), objects over several lines, a bulk body of\n' +
      'Elasticsearch, or a table (CSV, TSV, separated by ; or |), packed with gzip or not. Where the index does not exist, a\n' +
      `schema is inferred from the documents, printed, and the index created.\n${exitCodes} or when a document was rejected.`,
  },
  {
    role: 'index',
    operands: '[index]',
    summary: 'list the indexes, or show, create (--schema) or delete one',
    more: `${exitCodes}.`,
  },
  {
    role: 'alias',
    operands: '[alias] [index]',
    summary: 'list the aliases, or show one, or give one an index: sheaf alias films films-2 --instead-of films-1',
    more: `sheaf alias rollover EVENTS has writes go on in a new index; --dry-run says which. ${exitCodes}.`,
  },
  {
    role: 'template',
    operands: '[action] [template] [file]',
    summary: 'list the templates of indexes, or get, put (from a FILE) or delete one: sheaf template put events FILE',
    more: `A file has what PUT /v1/templates takes, and what get prints. ${exitCodes}.`,
  },
  { role: 'get', operands: '<index> <key>', summary: 'show one document', more: `${exitCodes}.` },
  {
    role: 'put',
    operands: '<index> <key> <file>',
    summary: 'put one document from a file, or from stdin as "-"',
    more: `Says what came of it: created, updated or noop. ${exitCodes}, as where a condition did not hold.`,
  },
  {
    role: 'delete',
    operands: '<index> <key>',
    summary: 'delete one document; an index: sheaf index NAME --delete',
    more: `${exitCodes}, as where there is none.`,
  },
  {
    role: 'search',
    operands: '<index> [query]',
    summary: 'search an index, as in: sheaf search wordnet "cat AND dog"',
    more: `${exitCodes}, or 2 when the answer is incomplete because shards did not answer.`,
  },
  {
    role: 'count',
    operands: '<index> [query]',
    summary: 'count the documents of an index, or those that a query finds',
    more: `${exitCodes}, or 2 when the answer is incomplete because shards did not answer.`,
  },
  {
    role: 'analyze',
    operands: '<index> <text>',
    summary: 'show the terms that a text becomes in a field, or by an analyzer',
    more: `${exitCodes}.`,
  },
  {
    role: 'jobs',
    operands: '[job] [action]',
    summary: 'list the jobs, show one, create one (sheaf jobs create FILE), or pause, resume, cancel it',
    more: `As in: sheaf jobs 17 pause. A file has what POST /v1/jobs takes. ${exitCodes}.`,
  },
  {
    role: 'source',
    operands: '[action] [source] [file]',
    summary: 'list the sources, or get, put (from a FILE), pause, resume or delete one, or replay its dead letters',
    more: `As in: sheaf source replay orders. A file has what PUT /v1/sources takes. ${exitCodes}.`,
  },
  {
    role: 'reindex',
    operands: '<name>',
    summary: 'copy an index into one of other shards, replicas or schema, and have its name stand for the copy',
    more:
      'As in: sheaf reindex films --shards 32. Searches and writes go on meanwhile. Where the name is an index, it becomes an\n' +
      `alias, and the index is named NAME-1. What a name stood for before is kept: --back. ${exitCodes} or when it was cancelled.`,
  },
  {
    role: 'snapshot',
    operands: '[name]',
    summary: 'keep the state of all indexes in object storage, and wait until it is kept: sheaf snapshot before-change',
    more:
      'It has everything that was acknowledged before, and says of each index up to where. Without a name it is called by the\n' +
      `time of day. --delete lets one go. ${exitCodes}, as where it was not made.`,
  },
  {
    role: 'snapshots',
    operands: '[name]',
    summary: 'list the snapshots that are kept in object storage, or show what one has',
    more: `${exitCodes}.`,
  },
  {
    role: 'restore',
    operands: '[index]',
    summary: 'list what object storage has, or restore an index, and wait until its shards answer: sheaf restore films',
    more:
      'From the place that roots and leaves were told with --restore-from, or else, of a snapshot that is kept (--at), from the one\n' +
      `of this cluster. Says up to which log offset each shard is back. --as gives it another name, --all takes everything. ${exitCodes}.`,
  },
  {
    role: 'export',
    operands: '<index>',
    summary: 'write the sums of a roll-up to a table of SQLite',
    more: `As in: sheaf export clicks --sqlite clicks.db\n${exitCodes}.`,
  },
  { role: 'cluster', operands: '', summary: 'show the leaves, and where each shard is', more: `${exitCodes}.` },
  {
    role: 'entry',
    operands: '<partition> <offset>',
    summary: 'show what stands in the log at an offset, and leave it out: sheaf entry catalog 41',
    more:
      'Where a process cannot read what stands in the log, the partition stands still before it: sheaf cluster says which\n' +
      'and where. With --skip the record batch that has the entry is left out by everybody from then on, and for good:\n' +
      'its writes are lost. The root at --url is asked first: nothing is left out unless a reader stands still before that\n' +
      'entry, nor where some have read it, as they would differ from the others; --force does it all the same. The log of\n' +
      `sheaf up has its secret in .sheaf/secret: --secret-file. ${exitCodes}.`,
  },
];

/** @param complain is given what is wrong with the command line, for stderr */
export function createProgram(version: string, run: Run, complain: (text: string) => void): Command {
  const program = new Command('sheaf')
    .description('Scatter/gather search and aggregation that keeps its deadline and says how complete the answer is.')
    .version(version, '--version', 'print the version')
    .helpOption('--help', 'show this help')
    .configureHelp({ helpWidth: 120 })
    .configureOutput({ writeErr: complain })
    .showHelpAfterError('(sheaf --help shows what there is)')
    .exitOverride();
  for (const row of commands) {
    const command = program.command(`${row.role} ${row.operands}`.trim()).description(row.summary);
    command.helpOption('--help', 'show this help').copyInheritedSettings(program);
    addOptions(command, row.role);
    if (row.more !== undefined) command.addHelpText('after', `\n${row.more}`);
    command.action(async () => {
      const exitCode = await run(row.role, givenFlags(command.opts(), row.role), command.args);
      if (exitCode !== 0) process.exitCode = exitCode;
    });
  }
  return program;
}
