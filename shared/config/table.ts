/**
 * Every setting of every command: one table. The reader, the options of the command line, `--help` and
 * docs/configuration.md all follow from it.
 */
import { spreads } from '../query/request.ts';

/** The commands that have settings. `up`, `root`, `leaf` and `log` are processes, `scale` is a client of `up`, `entry` of the log, the others of a root. */
export type Role = 'up' | 'scale' | 'root' | 'leaf' | 'log' | 'load' | 'search' | 'cluster' | 'export' | 'entry';

export const roles: readonly Role[] = [
  'up',
  'scale',
  'root',
  'leaf',
  'log',
  'load',
  'search',
  'cluster',
  'export',
  'entry',
];

/**
 * How the text of a setting is read. `integer` and `number` have a range, `choice` has choices, `switch` is a flag
 * without a value (`true` or `false` in a variable), `leaves` says where to look for them, `url` is http or https; `hosts` and
 * `origins` are lists, separated by commas.
 */
export type SettingKind =
  | 'text'
  | 'integer'
  | 'number'
  | 'switch'
  | 'choice'
  | 'address'
  | 'leaves'
  | 'url'
  | 'hosts'
  | 'origins';

export interface Setting {
  /** Its name in the configuration a process is given. */
  readonly name: string;
  readonly flag: string;
  readonly variable: string;
  readonly roles: readonly Role[];
  readonly kind: SettingKind;
  /** As text: one for all roles, or by role. Absent means that the setting may be left out. */
  readonly default?: string | Readonly<Partial<Record<Role, string>>>;
  /** The smallest and largest number allowed, both included. */
  readonly range?: readonly [min: number, max: number];
  readonly choices?: readonly string[];
  /** One sentence. */
  readonly doc: string;
}

const processes: readonly Role[] = ['up', 'root', 'leaf', 'log'];
const clients: readonly Role[] = ['load', 'search', 'cluster', 'export'];
const ofRoot: readonly Role[] = ['up', 'root'];
const ofLeaf: readonly Role[] = ['up', 'leaf'];

const hourMs = 3_600_000;
const mebibyte = 1024 * 1024;

/** The default of `leaves` of `up`: as many as the machine has cores. */
export const onePerCore = 'one per core';

/** The default of `replicas` of `up`. */
export const twoIfTwoLeaves = '2, or 1 where there is one leaf';

/** The default of `data` of a leaf, where NAME stands for its name. */
export const leafDataDefault = '.sheaf/NAME';

export const settings: readonly Setting[] = [
  {
    name: 'name',
    flag: '--name',
    variable: 'SHEAF_NAME',
    roles: ['leaf'],
    kind: 'text',
    default: 'leaf-0',
    doc: 'The name of the leaf, which decides the shards it holds: it must stay the same from start to start and differ from that of every other leaf.',
  },
  {
    name: 'host',
    flag: '--host',
    variable: 'SHEAF_HOST',
    roles: processes,
    kind: 'text',
    default: '127.0.0.1',
    doc: 'The address to listen on; 0.0.0.0 is every IPv4 address of the machine (of `up` only the root is reachable from outside).',
  },
  {
    name: 'port',
    flag: '--port',
    variable: 'SHEAF_PORT',
    roles: processes,
    kind: 'integer',
    default: { up: '7700', root: '7700', leaf: '7710', log: '7701' },
    range: [0, 65_535],
    doc: 'The port to listen on, 0 for any free one; `up` gives it to the root, the next to the log, and from ten above to the leaves, so it takes no 0.',
  },
  {
    name: 'hosts',
    flag: '--hosts',
    variable: 'SHEAF_HOSTS',
    roles: processes,
    kind: 'hosts',
    doc: 'Names by which a request may call the process beside `localhost` and the address it listens on (every address where that is 0.0.0.0), such as `search.example`, `.example` for all below it, or `*` for any; other names are answered 421, since a page could have made them point here.',
  },
  {
    name: 'cors',
    flag: '--cors',
    variable: 'SHEAF_CORS',
    roles: ofRoot,
    kind: 'origins',
    doc: 'Origins of pages that may search, write and delete through the browsers of their visitors, such as `https://search.example`; pages of all others are answered 403.',
  },
  {
    name: 'connectionsMax',
    flag: '--connections-max',
    variable: 'SHEAF_CONNECTIONS_MAX',
    roles: processes,
    kind: 'integer',
    default: '4096',
    range: [1, 1_000_000],
    doc: 'How many connections a process keeps open at once, those between processes among them; one more is answered 503.',
  },
  {
    name: 'headTimeoutMs',
    flag: '--head-timeout-ms',
    variable: 'SHEAF_HEAD_TIMEOUT_MS',
    roles: processes,
    kind: 'integer',
    default: '20000',
    range: [10, hourMs],
    doc: 'Milliseconds in which the head of a request must have come, from the opening of the connection or the first byte.',
  },
  {
    name: 'requestTimeoutMs',
    flag: '--request-timeout-ms',
    variable: 'SHEAF_REQUEST_TIMEOUT_MS',
    roles: processes,
    kind: 'integer',
    default: '60000',
    range: [10, hourMs],
    doc: 'Milliseconds in which the body of a request must have come, but for requests that write documents.',
  },
  {
    name: 'bodyIdleMs',
    flag: '--body-idle-ms',
    variable: 'SHEAF_BODY_IDLE_MS',
    roles: processes,
    kind: 'integer',
    default: '30000',
    range: [10, hourMs],
    doc: 'Milliseconds after which a request is ended when nothing more of its body has come; a bulk may take as long as bytes keep coming.',
  },
  {
    name: 'data',
    flag: '--data',
    variable: 'SHEAF_DATA',
    roles: ['up', 'scale', 'leaf', 'log'],
    kind: 'text',
    default: { up: '.sheaf', scale: '.sheaf', leaf: leafDataDefault, log: '.sheaf/log' },
    doc: 'The folder the process keeps its data in, made if it is missing; of `scale` the folder of the `up` that is asked.',
  },
  {
    name: 'leaves',
    flag: '--leaves',
    variable: 'SHEAF_LEAVES',
    roles: ['root'],
    kind: 'leaves',
    default: 'leaf-0=127.0.0.1:7710',
    doc: 'Where the leaves are: a list as `leaf-0=127.0.0.1:7710,leaf-1=127.0.0.1:7711`, `file:PATH` of such a list with a leaf on each line, `srv:NAME` or `dns:HOST:PORT` of a headless service, or `kubernetes:[NAMESPACE/]SERVICE` by its EndpointSlices.',
  },
  {
    name: 'leaves',
    flag: '--leaves',
    variable: 'SHEAF_LEAVES',
    roles: ['up'],
    kind: 'integer',
    default: onePerCore,
    range: [1, 1000],
    doc: 'How many leaves to start; left out, as many as there were at last, `scale` included.',
  },
  {
    name: 'leaves',
    flag: '--leaves',
    variable: 'SHEAF_LEAVES',
    roles: ['scale'],
    kind: 'integer',
    range: [0, 1000],
    doc: 'How many leaves there should be; must be given.',
  },
  {
    name: 'roots',
    flag: '--roots',
    variable: 'SHEAF_ROOTS',
    roles: ['up'],
    kind: 'integer',
    default: '1',
    range: [1, 8],
    doc: 'How many roots to start, left out as many as at last; the first has the port that `up` was given, the others the ports from two above.',
  },
  {
    name: 'log',
    flag: '--log',
    variable: 'SHEAF_LOG',
    roles: ['root', 'leaf', 'entry'],
    kind: 'address',
    default: '127.0.0.1:7701',
    doc: 'The address of the log.',
  },
  {
    name: 'replicas',
    flag: '--replicas',
    variable: 'SHEAF_REPLICAS',
    roles: ['up', 'root', 'load'],
    kind: 'integer',
    default: { up: twoIfTwoLeaves, root: '1' },
    range: [1, 16],
    doc: 'How many leaves hold each shard of an index that is created without saying it; `load` leaves it to the root, and `up` passes it on.',
  },
  {
    name: 'shards',
    flag: '--shards',
    variable: 'SHEAF_SHARDS',
    roles: ['load'],
    kind: 'integer',
    default: '16',
    range: [1, 1024],
    doc: 'How many shards an index that `load` creates has.',
  },
  {
    name: 'demo',
    flag: '--demo',
    variable: 'SHEAF_DEMO',
    roles: ['up'],
    kind: 'switch',
    default: 'false',
    doc: 'Load the definitions of WordNet into the index `wordnet`, unless they are there, and show what can be asked.',
  },
  {
    name: 'refreshMs',
    flag: '--refresh-ms',
    variable: 'SHEAF_REFRESH_MS',
    roles: ofLeaf,
    kind: 'integer',
    default: '200',
    range: [1, hourMs],
    doc: 'Milliseconds from the arrival of a document on the leaf until it is searchable.',
  },
  {
    name: 'commitMs',
    flag: '--commit-ms',
    variable: 'SHEAF_COMMIT_MS',
    roles: ofLeaf,
    kind: 'integer',
    default: '5000',
    range: [10, hourMs],
    doc: 'Milliseconds between two writes of segments to disk; what came after the last is read again from the log at a start.',
  },
  {
    name: 'drainMs',
    flag: '--drain-ms',
    variable: 'SHEAF_DRAIN_MS',
    roles: ofLeaf,
    kind: 'integer',
    default: '25000',
    range: [0, hourMs],
    doc: 'The longest a leaf that is asked to end goes on answering, in milliseconds, while others take over what it has.',
  },
  {
    name: 'pinKeepMs',
    flag: '--pin-keep-ms',
    variable: 'SHEAF_PIN_KEEP_MS',
    roles: ofLeaf,
    kind: 'integer',
    default: '60000',
    range: [10, hourMs],
    doc: 'Milliseconds for which the state pinned by a search is kept after it was last asked for.',
  },
  {
    name: 'pinsMax',
    flag: '--pins-max',
    variable: 'SHEAF_PINS_MAX',
    roles: ofLeaf,
    kind: 'integer',
    default: '1024',
    range: [0, 1_000_000],
    doc: 'How many states of shards a leaf keeps at once for searches that pin them; each holds on to segments that may have been merged since.',
  },
  {
    name: 'idempotencyRetentionMs',
    flag: '--idempotency-retention-ms',
    variable: 'SHEAF_IDEMPOTENCY_RETENTION_MS',
    roles: ['up', 'log'],
    kind: 'integer',
    default: String(hourMs),
    range: [1000, 30 * 24 * hourMs],
    doc: 'Milliseconds for which the log remembers the Idempotency-Key of a request, so that a repeat is not counted twice; each takes about 150 bytes of disk.',
  },
  {
    name: 'emulatedTaskMs',
    flag: '--emulated-task-ms',
    variable: 'SHEAF_EMULATED_TASK_MS',
    roles: ofLeaf,
    kind: 'number',
    default: '0',
    range: [0, 1000],
    doc: 'For benchmarks only: each task occupies the leaf for so many milliseconds without using its core, so that a load generator on the same machine can overload it.',
  },
  {
    name: 'timeoutMs',
    flag: '--timeout-ms',
    variable: 'SHEAF_TIMEOUT_MS',
    roles: ofRoot,
    kind: 'integer',
    default: '1000',
    range: [1, hourMs],
    doc: 'Milliseconds a search may take when it does not say so itself.',
  },
  {
    name: 'timeoutMsMax',
    flag: '--timeout-ms-max',
    variable: 'SHEAF_TIMEOUT_MS_MAX',
    roles: ofRoot,
    kind: 'integer',
    default: '60000',
    range: [1, hourMs],
    doc: 'The longest timeout in milliseconds that a search may ask for.',
  },
  {
    name: 'lagMaxMs',
    flag: '--lag-max-ms',
    variable: 'SHEAF_LAG_MAX_MS',
    roles: ofRoot,
    kind: 'integer',
    default: '10000',
    range: [1000, hourMs],
    doc: 'How many milliseconds the best replica of a shard may be behind the log before writes to the shard are answered 429.',
  },
  {
    name: 'coverageMin',
    flag: '--coverage-min',
    variable: 'SHEAF_COVERAGE_MIN',
    roles: ofRoot,
    kind: 'number',
    default: '1',
    range: [0, 1],
    doc: 'The share of its shards that must have answered for a search to be answered at all, when it does not say so itself.',
  },
  {
    name: 'spread',
    flag: '--spread',
    variable: 'SHEAF_SPREAD',
    roles: ofRoot,
    kind: 'choice',
    default: 'even',
    choices: spreads,
    doc: 'How the shards of a search are divided among leaves where it does not say: `even`, each of its best replica; `wide`, shared by all in lots; `narrow`, the fewest leaves.',
  },
  {
    name: 'hedging',
    flag: '--hedging',
    variable: 'SHEAF_HEDGING',
    roles: ofRoot,
    kind: 'choice',
    default: 'on',
    choices: ['on', 'off'],
    doc: 'Whether a task that is late is asked of another replica too; off shows what it is worth.',
  },
  {
    name: 'lingerMs',
    flag: '--linger-ms',
    variable: 'SHEAF_LINGER_MS',
    roles: ofRoot,
    kind: 'integer',
    default: '0',
    range: [0, hourMs],
    doc: 'Milliseconds for which a root that was asked to end goes on answering while it says that it is not ready, so that whoever sends it requests can turn to another.',
  },
  {
    name: 'bodyBytesMax',
    flag: '--body-bytes-max',
    variable: 'SHEAF_BODY_BYTES_MAX',
    roles: ofRoot,
    kind: 'integer',
    default: String(mebibyte),
    range: [1024, 64 * mebibyte],
    doc: 'The largest body in bytes of a search or of the definition of an index.',
  },
  {
    name: 'bulkBytesMax',
    flag: '--bulk-bytes-max',
    variable: 'SHEAF_BULK_BYTES_MAX',
    roles: ofRoot,
    kind: 'integer',
    default: String(1024 * mebibyte),
    range: [1024, 1024 * 1024 * mebibyte],
    doc: 'The largest body in bytes of a request that writes documents.',
  },
  {
    name: 'traceUrl',
    flag: '--trace-url',
    variable: 'SHEAF_TRACE_URL',
    roles: ['up', 'root', 'leaf'],
    kind: 'url',
    doc: 'Where the spans of searches are sent, as OTLP over HTTP, such as `http://localhost:4318/v1/traces`; without it there are none, and they cost nothing.',
  },
  {
    name: 'traceShare',
    flag: '--trace-share',
    variable: 'SHEAF_TRACE_SHARE',
    roles: ofRoot,
    kind: 'number',
    default: '1',
    range: [0, 1],
    doc: 'The share of searches that are traced where `traceUrl` is given; a caller that sends a `traceparent` decides for its own.',
  },
  {
    name: 'telemetryLevel',
    flag: '--telemetry-level',
    variable: 'SHEAF_TELEMETRY_LEVEL',
    roles: processes,
    kind: 'choice',
    default: 'info',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
    doc: 'The least severe telemetry that is written.',
  },
  {
    name: 'url',
    flag: '--url',
    variable: 'SHEAF_URL',
    roles: clients,
    kind: 'url',
    default: 'http://127.0.0.1:7700',
    doc: 'Where a root answers.',
  },
  {
    name: 'key',
    flag: '--key',
    variable: 'SHEAF_KEY',
    roles: ['load'],
    kind: 'text',
    doc: 'The field that holds the key of each document; without it keys are generated, and loading twice doubles the documents.',
  },
  {
    name: 'concurrency',
    flag: '--concurrency',
    variable: 'SHEAF_CONCURRENCY',
    roles: ['load'],
    kind: 'integer',
    default: '4',
    range: [1, 64],
    doc: 'How many requests of about 1 MB are under way at once.',
  },
  {
    name: 'sqlite',
    flag: '--sqlite',
    variable: 'SHEAF_SQLITE',
    roles: ['export'],
    kind: 'text',
    doc: 'The SQLite file to write; needed.',
  },
  {
    name: 'force',
    flag: '--force',
    variable: 'SHEAF_FORCE',
    roles: ['export'],
    kind: 'switch',
    default: 'false',
    doc: 'Replace the file where it exists.',
  },
  {
    name: 'skip',
    flag: '--skip',
    variable: 'SHEAF_SKIP',
    roles: ['entry'],
    kind: 'switch',
    default: 'false',
    doc: 'Leave the batch with this entry out, for everybody who reads the log and for good.',
  },
  {
    name: 'retryMs',
    flag: '--retry-ms',
    variable: 'SHEAF_RETRY_MS',
    roles: ['load'],
    kind: 'integer',
    default: '60000',
    range: [0, hourMs],
    doc: 'Milliseconds for which a request that was refused as busy, or not answered, is sent again before it counts as failed.',
  },
  {
    name: 'size',
    flag: '--size',
    variable: 'SHEAF_SIZE',
    roles: ['search'],
    kind: 'integer',
    default: '10',
    range: [0, 10_000],
    doc: 'How many hits to show.',
  },
  {
    name: 'from',
    flag: '--from',
    variable: 'SHEAF_FROM',
    roles: ['search'],
    kind: 'integer',
    default: '0',
    range: [0, 10_000],
    doc: 'How many hits to pass over first.',
  },
  {
    name: 'sort',
    flag: '--sort',
    variable: 'SHEAF_SORT',
    roles: ['search'],
    kind: 'text',
    doc: 'Fields to sort by, as `published:desc,title.keyword`; without it the best score comes first.',
  },
  {
    name: 'timeout',
    flag: '--timeout',
    variable: 'SHEAF_TIMEOUT',
    roles: ['search'],
    kind: 'text',
    doc: 'How long the search may take, as `200ms` or `2s`; without it the root decides.',
  },
  {
    name: 'tokenFile',
    flag: '--token-file',
    variable: 'SHEAF_TOKEN_FILE',
    roles: ['search'],
    kind: 'text',
    doc: 'A file that keeps, from one call to the next, which state of an index was searched, so that no later call sees an earlier one, whichever root answers.',
  },
  {
    name: 'json',
    flag: '--json',
    variable: 'SHEAF_JSON',
    roles: ['search', 'cluster'],
    kind: 'switch',
    default: 'false',
    doc: 'Print the answer of the root as JSON.',
  },
];

/** The settings of one command, in the order of the table. */
export function settingsOf(role: Role): readonly Setting[] {
  return settings.filter((setting) => setting.roles.includes(role));
}

/** The default of a setting for one command as text, or undefined where it may be left out. */
export function defaultOf(setting: Setting, role: Role): string | undefined {
  return typeof setting.default === 'object' ? setting.default[role] : setting.default;
}
