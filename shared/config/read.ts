/** The configuration of a command, read from flags and environment by the table. Pure: the caller passes both. */
import type { CreateMode } from '../catalog/create-mode.ts';
import type { Spread } from '../query/request.ts';
import { SheafError } from '../errors.ts';
import type { ArrivalLimits } from '../http/arrivals.ts';
import { isLoopback } from '../http/hosts.ts';
import type { ConnectionLimits } from '../http/node-server.ts';
import {
  defaultOf,
  leafDataDefault,
  onePerCore,
  settingsOf,
  twoIfTwoLeaves,
  type Role,
  type Setting,
} from './table.ts';
import { formatLogSource, type KafkaSource, type LogSource } from '../discovery/log-source.ts';
import type { LeafSource } from '../discovery/source.ts';
import { readSetting, type SettingValue } from './value.ts';
import { withoutCredentials } from './without-credentials.ts';

/** By what names a process may be asked, by how many, and how slowly. */
export interface DoorConfig extends Partial<ConnectionLimits>, Partial<ArrivalLimits> {
  readonly host: string;
  /** Lower case; `.example` is every name below it, `*` any. */
  readonly hosts?: readonly string[];
}

/** Of processes that only others of the cluster may speak to. */
export interface PeerDoorConfig extends DoorConfig {
  /** File with the secret of the cluster. */
  readonly secretFile?: string;
  /** Whether it may listen beyond this machine without one. */
  readonly insecure?: boolean;
}

export interface LogConfig extends PeerDoorConfig {
  /** 0 for any free port. */
  readonly port: number;
  /** Folder. */
  readonly data: string;
  readonly idempotencyRetentionMs: number;
}

export interface LeafConfig extends PeerDoorConfig {
  readonly name: string;
  /** Undefined where it is in none. */
  readonly zone?: string;
  readonly port: number;
  readonly data: string;
  readonly log: LogSource;
  readonly refreshMs: number;
  readonly commitMs: number;
  /** Where shards are kept beside the leaves; nowhere without it. */
  readonly snapshots?: string;
  /** Where another cluster keeps its shards, or one that is lost. */
  readonly restoreFrom?: string;
  readonly snapshotMs: number;
  readonly snapshotBytesPerSecond: number;
  readonly drainMs: number;
  /** 0 except in benchmarks. */
  readonly emulatedTaskMs: number;
  readonly pinKeepMs: number;
  readonly pinsMax: number;
  /** Where spans are sent; there are none without it. */
  readonly traceUrl?: string;
}

/** What a search or a write may ask of a root. */
export interface RootBounds {
  /** Of each shard of an index that is created without saying it. */
  readonly replicas: number;
  /** Milliseconds of a search that gives no timeout; at most `timeoutMsMax`. */
  readonly timeoutMs: number;
  readonly timeoutMsMax: number;
  /** Entries of each partition that the log keeps beyond what is needed. */
  readonly logKeptEntries: number;
  /** How far the best replica of a shard may be behind the log before its writes are held back. */
  readonly lagMaxMs: number;
  /** 0 to 1. */
  readonly coverageMin: number;
  /** 0: none are skipped. */
  readonly skipShardsFrom: number;
  readonly hedging: 'on' | 'off';
  readonly spread: Spread;
  /** What a write to an index that does not exist does. */
  readonly createIndexes: CreateMode;
  readonly rolloverCheckMs: number;
  /** Milliseconds between being asked to end and taking nothing new. */
  readonly lingerMs: number;
  /** Origins of pages that may ask. */
  readonly cors?: readonly string[];
  readonly bodyBytesMax: number;
  readonly bulkBytesMax: number;
  /** Where spans are sent; there are none without it. */
  readonly traceUrl?: string;
  /** Of the searches whose callers do not say it, 0 to 1. */
  readonly traceShare: number;
}

/** What a process has to know that makes topics of Kafka. */
export interface TopicsConfig {
  /** Copies; 0 leaves it to the brokers, as the next. */
  readonly kafkaReplication: number;
  readonly kafkaMinInSync: number;
  readonly kafkaIndexesMax: number;
}

export interface RootConfig extends RootBounds, DoorConfig, TopicsConfig {
  readonly port: number;
  /** Undefined where it is in none. */
  readonly zone?: string;
  /** File with the secret of the cluster. */
  readonly secretFile?: string;
  /** Where to look for leaves. */
  readonly leaves: LeafSource;
  readonly log: LogSource;
  /** Of a log over Kafka; a log that is a process has its own. */
  readonly idempotencyRetentionMs: number;
  /** Where another cluster keeps its shards, or one that is lost. */
  readonly restoreFrom?: string;
  /** Where the catalog and kept snapshots are; nowhere without it. */
  readonly snapshots?: string;
  readonly snapshotMs: number;
}

export interface TelemetryConfig {
  readonly telemetryLevel: string;
}

export interface UpConfig extends RootBounds, DoorConfig, TelemetryConfig, TopicsConfig {
  /** A log of its own is started where it is left out. */
  readonly log?: KafkaSource;
  readonly port: number;
  /** File with the secret of the cluster; made in the data folder where it is left out. */
  readonly secretFile?: string;
  readonly data: string;
  /** At least 1. */
  readonly leaves: number;
  /** 1 to 8. */
  readonly roots: number;
  readonly demo: boolean;
  readonly refreshMs: number;
  readonly commitMs: number;
  /** Where shards are kept beside the leaves; nowhere without it. */
  readonly snapshots?: string;
  /** Where another cluster keeps its shards, or one that is lost. */
  readonly restoreFrom?: string;
  readonly snapshotMs: number;
  readonly snapshotBytesPerSecond: number;
  readonly drainMs: number;
  readonly idempotencyRetentionMs: number;
  /** 0 except in benchmarks. */
  readonly emulatedTaskMs: number;
  readonly pinKeepMs: number;
  readonly pinsMax: number;
}

export interface ScaleConfig {
  /** Folder of the `up` that is asked. */
  readonly data: string;
  readonly leaves: number;
  /** End every leaf, where there are to be none. */
  readonly yes: boolean;
}

export interface LoadConfig {
  readonly url: string;
  readonly key: string | undefined;
  readonly shards: number;
  /** Undefined leaves it to the root. */
  readonly replicas: number | undefined;
  readonly concurrency: number;
  readonly retryMs: number;
  /** Name of a form; undefined: it is found out. */
  readonly format: string | undefined;
  /** Path of a file; undefined: the schema is inferred. */
  readonly schema: string | undefined;
  /** As it was written: FIELD=KIND with commas. */
  readonly set: string | undefined;
  readonly dryRun: boolean;
  /** Name of the field that has the routings. */
  readonly routing: string | undefined;
}

export interface SearchConfig {
  readonly url: string;
  /** Undefined, as the next three: what the file of the body says, or the root. */
  readonly size: number | undefined;
  readonly from: number | undefined;
  readonly sort: string | undefined;
  readonly timeout: string | undefined;
  /** Paths, with commas. */
  readonly fields: string | undefined;
  /** Paths of files. */
  readonly body: string | undefined;
  readonly aggs: string | undefined;
  readonly tokenFile: string | undefined;
  /** As in the address: several with commas. */
  readonly routing: string | undefined;
  readonly json: boolean;
}

export interface IndexConfig {
  readonly url: string;
  readonly shards: number;
  /** Undefined leaves it to the root. */
  readonly replicas: number | undefined;
  /** Path of a file: the index is created. */
  readonly schema: string | undefined;
  readonly delete: boolean;
  readonly json: boolean;
}

export interface GetConfig {
  readonly url: string;
  readonly routing: string | undefined;
  readonly json: boolean;
}

export interface ChangeConfig {
  readonly url: string;
  readonly ifMatch: string | undefined;
  readonly routing: string | undefined;
  readonly json: boolean;
}

export interface PutConfig extends ChangeConfig {
  readonly create: boolean;
  readonly patch: boolean;
  /** A patch, and the document itself where there is none. */
  readonly upsert: boolean;
}

/** Of `sheaf source`. */
export interface SourceConfig {
  readonly url: string;
  readonly json: boolean;
}

export interface JobsConfig {
  readonly url: string;
  readonly json: boolean;
}

export interface ReindexConfig {
  readonly url: string;
  /** Undefined, as the next three: as they are. */
  readonly shards: number | undefined;
  readonly replicas: number | undefined;
  /** Path of a file. */
  readonly schema: string | undefined;
  /** As it was written: FIELD=KIND with commas. */
  readonly set: string | undefined;
  readonly back: boolean;
}

export interface CountConfig {
  readonly url: string;
  /** As in the address: several with commas. */
  readonly routing: string | undefined;
  readonly json: boolean;
}

export interface AliasConfig {
  readonly url: string;
  readonly write: boolean;
  readonly filter?: string;
  readonly insteadOf?: string;
  readonly remove: boolean;
  /** Of a rollover. */
  readonly dryRun: boolean;
  readonly json: boolean;
}

export interface TemplateConfig {
  readonly url: string;
  readonly json: boolean;
}

export interface SnapshotConfig {
  readonly url: string;
  /** Let it go, in place of making it. */
  readonly delete: boolean;
  /** As in the body of the request. */
  readonly timeout: string | undefined;
  readonly json: boolean;
}

export interface SnapshotsConfig {
  readonly url: string;
  readonly json: boolean;
}

export interface RestoreConfig {
  readonly url: string;
  readonly as: string | undefined;
  readonly at: string | undefined;
  /** Numbers of shards, with commas. */
  readonly without: string | undefined;
  readonly all: boolean;
  readonly json: boolean;
}

export interface AnalyzeConfig {
  readonly url: string;
  readonly field: string | undefined;
  readonly analyzer: string | undefined;
  readonly json: boolean;
}

export interface ClusterConfig {
  readonly url: string;
  readonly eachShard: boolean;
  readonly json: boolean;
}

export interface ExportConfig {
  readonly url: string;
  readonly sqlite: string | undefined;
  readonly force: boolean;
}

export interface EntryConfig {
  readonly log: LogSource;
  /** Of the root that is asked who stands still. */
  readonly url: string;
  /** File with the secret of the cluster. */
  readonly secretFile?: string;
  readonly skip: boolean;
  readonly force: boolean;
}

export interface Configs {
  readonly up: UpConfig;
  readonly scale: ScaleConfig;
  readonly root: RootConfig & TelemetryConfig;
  readonly leaf: LeafConfig & TelemetryConfig;
  readonly log: LogConfig & TelemetryConfig;
  readonly load: LoadConfig;
  readonly index: IndexConfig;
  readonly alias: AliasConfig;
  readonly template: TemplateConfig;
  readonly get: GetConfig;
  readonly put: PutConfig;
  readonly delete: ChangeConfig;
  readonly count: CountConfig;
  readonly analyze: AnalyzeConfig;
  readonly jobs: JobsConfig;
  readonly source: SourceConfig;
  readonly reindex: ReindexConfig;
  readonly snapshot: SnapshotConfig;
  readonly snapshots: SnapshotsConfig;
  readonly restore: RestoreConfig;
  readonly search: SearchConfig;
  readonly cluster: ClusterConfig;
  readonly export: ExportConfig;
  readonly entry: EntryConfig;
}

/** One thing wrong with a configuration. */
export interface ConfigFault {
  readonly name: string;
  /** Without credentials, where it has any. */
  readonly value: string;
  readonly expected: string;
  /** The flag or the variable that said so. */
  readonly from: string;
}

type Texts = Readonly<Record<string, string | undefined>>;

export interface Defaults {
  readonly cores?: number;
  readonly remembered?: Texts;
}

/**
 * The configuration of a command. A flag wins over its variable, a variable over the default; an empty variable
 * counts as absent.
 *
 * @param flags what the command line said, by name of setting
 * @param environment variables of the process
 * @param defaults that take the place of the table's: `cores` of the machine for the leaves of `up`, and what `remembered`
 *   settings were the last time, by name
 * @throws SheafError CONFIG_INVALID with every fault in `detail.faults`
 */
export function readConfig<R extends Role>(
  role: R,
  flags: Texts,
  environment: Texts,
  { cores = 1, remembered = {} }: Defaults = {},
): Configs[R] {
  const values: Record<string, SettingValue | undefined> = {};
  const faults: ConfigFault[] = unknownFlags(role, flags);
  for (const setting of settingsOf(role)) {
    const { text, from } = find(setting, role, flags, environment, { cores, remembered });
    if (text === undefined || text === twoIfTwoLeaves) continue;
    const reading = readSetting(setting, text);
    if (reading.kind === 'value') values[setting.name] = reading.value;
    else faults.push({ name: setting.name, value: withoutCredentials(text), expected: reading.expected, from });
  }
  const { name, data, leaves } = values;
  if (role === 'up' && typeof leaves === 'number') values['replicas'] ??= Math.min(2, leaves);
  if (role === 'leaf' && typeof name === 'string' && data === leafDataDefault) values['data'] = `.sheaf/${name}`;
  faults.push(...contradictions(role, values, new Set(faults.map((fault) => fault.name))));
  if (faults.length > 0) throw new SheafError('CONFIG_INVALID', { detail: { faults } });
  // The table says which values a role has and of what kind; a test reads every role and compares with the interfaces.
  return values as object as Configs[R];
}

function unknownFlags(role: Role, flags: Texts): ConfigFault[] {
  const names = new Set(settingsOf(role).map((setting) => setting.name));
  return Object.entries(flags)
    .filter(([name, text]) => text !== undefined && !names.has(name))
    .map(([name, text]) => ({ name, value: text ?? '', expected: `no such setting of ${role}`, from: 'flag' }));
}

function find(
  setting: Setting,
  role: Role,
  flags: Texts,
  environment: Texts,
  { cores, remembered }: Required<Defaults>,
) {
  const flag = flags[setting.name];
  if (flag !== undefined) return { text: flag, from: setting.flag };
  const variable = environment[setting.variable];
  if (variable !== undefined && variable !== '') return { text: variable, from: setting.variable };
  const text = remembered[setting.name] ?? defaultOf(setting, role);
  return { text: text === onePerCore ? String(Math.max(1, cores)) : text, from: 'default' };
}

/**
 * What each setting allows alone but the settings do not allow together.
 * @param misread names of settings that have a fault of their own
 */
function contradictions(
  role: Role,
  values: Readonly<Record<string, SettingValue | undefined>>,
  misread: ReadonlySet<string>,
): ConfigFault[] {
  const faults: ConfigFault[] = [];
  const above = (name: string, limitName: string, limit: number): void => {
    const value = values[name];
    if (typeof value !== 'number' || value <= limit) return;
    faults.push({ name, value: String(value), expected: `at most ${limit}, because of ${limitName}`, from: limitName });
  };
  const { timeoutMsMax, leaves, port, host, secretFile, insecure, snapshots, restoreFrom } = values;
  if (insecure === false && secretFile === undefined && typeof host === 'string' && !isLoopback(host)) {
    const expected = 'an address of this machine alone, or --secret-file FILE, or --insecure to let everybody in';
    faults.push({ name: 'host', value: host, expected, from: '--host' });
  }
  if (typeof restoreFrom === 'string' && restoreFrom === snapshots) {
    const expected = 'another place than --snapshots: a cluster keeps its own apart from what it restores';
    faults.push({ name: 'restoreFrom', value: restoreFrom, expected, from: '--restore-from' });
  }
  if (typeof timeoutMsMax === 'number') above('timeoutMs', 'timeoutMsMax', timeoutMsMax);
  if (role === 'scale' && leaves === undefined && !misread.has('leaves')) {
    faults.push({ name: 'leaves', value: '', expected: 'how many leaves there should be', from: '--leaves' });
  }
  if (role === 'up') faults.push(...logOfUp(values['log'] as LogSource | undefined));
  if (role !== 'up' || typeof leaves !== 'number') return faults;
  above('replicas', 'leaves', leaves);
  above('port', 'leaves', 65_535 - 10 - (leaves - 1));
  if (port === 0)
    faults.push({ name: 'port', value: '0', expected: 'a port from 1, as others follow it', from: 'port' });
  return faults;
}

function logOfUp(log: LogSource | undefined): ConfigFault[] {
  if (log === undefined || 'kafka' in log) return [];
  const expected = 'kafka:HOST:PORT,…[/NAME], or nothing, for a log of its own';
  return [{ name: 'log', value: formatLogSource(log), expected, from: '--log' }];
}
