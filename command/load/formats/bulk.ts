/**
 * The bodies of Elasticsearch's bulk API: a line that says an action, and for all but deletes a line with its document. The
 * index an action names is passed over: all goes to the one that was told. Versions of the sender's are kept; what else an action asks of the document
 * that is there goes along under its own name, which no line of a body has: so the root refuses that line, and says what it refuses.
 */
import { memberBytes } from '../../../root/route/member-bytes.ts';
import { isObject } from '../../../shared/json/read-object.ts';
import { CommandFailure } from '../../failure.ts';
import { parseJson, wholeLines, type Format } from './format.ts';
import { wholeLineStream } from './whole-line-stream.ts';

const actions = ['index', 'create', 'update', 'delete'] as const;
type Action = (typeof actions)[number];

interface ActionLine {
  readonly action: Action;
  readonly id: string | undefined;
  readonly routing: string | undefined;
  /** Only over a document of a lower version. */
  readonly version: unknown;
  /** What else it asks, and cannot be had. */
  readonly refused: readonly (readonly [name: string, value: unknown])[];
}

export const bulkFormat: Format = {
  name: 'bulk',
  inWords: 'bulk bodies of Elasticsearch',
  unit: 'action',
  hasKeys: true,
  sniff: (beginning) => {
    const [first] = wholeLines(beginning);
    return first !== undefined && readAction(first) !== null;
  },
  lines: toLines,
};

/** The metadata that an action may have here or elsewhere; a document of one member is not taken for an action. */
const metadata = new Set([
  '_index',
  '_id',
  '_type',
  'routing',
  'version',
  'version_type',
  'if_seq_no',
  'if_primary_term',
]);
const more = new Set(['require_alias', 'retry_on_conflict', 'pipeline', 'dynamic_templates', 'op_type', '_routing']);

function readAction(text: string): ActionLine | null {
  const parsed = parseJson(text);
  if (parsed === null || !isObject(parsed.value)) return null;
  const [entry, ...others] = Object.entries(parsed.value);
  if (entry === undefined || others.length > 0) return null;
  const action = actions.find((name) => name === entry[0]);
  const about = entry[1];
  if (action === undefined || !isObject(about)) return null;
  if (!Object.keys(about).every((name) => metadata.has(name) || more.has(name))) return null;
  const routing = textOf(about['routing'] ?? about['_routing']);
  return { ...readConditions(action, about), id: textOf(about['_id']), routing };
}

const conditions = ['version', 'version_type', 'if_seq_no', 'if_primary_term', 'op_type'] as const;

/** The action as it was meant, and what it asks of the document that is there. */
function readConditions(
  named: Action,
  about: Readonly<Record<string, unknown>>,
): Pick<ActionLine, 'action' | 'version' | 'refused'> {
  const { version, version_type: versionType, op_type: opType } = about;
  const action = named === 'index' && opType === 'create' ? 'create' : named;
  const isVersioned =
    (action === 'index' || action === 'delete') &&
    version !== undefined &&
    (versionType === 'external' || versionType === 'external_gt');
  const kept = new Set<string>([
    ...(isVersioned ? ['version', 'version_type'] : []),
    // As where it is left out; a version beside it is refused by itself.
    ...(versionType === 'internal' ? ['version_type'] : []),
    ...(opType === action ? ['op_type'] : []),
  ]);
  const refused = conditions
    .filter((name) => about[name] !== undefined && !kept.has(name))
    .map((name) => [name, about[name]] as const);
  return { action, version: isVersioned ? version : undefined, refused };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : typeof value === 'string' ? value : undefined;
}

async function* toLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: ActionLine | null = null;
  let number = 0;
  for await (const line of wholeLineStream(chunks)) {
    number++;
    const isBlank = line.every((byte) => byte <= 0x20);
    if (waiting !== null) {
      yield operation(waiting, line, number);
      waiting = null;
    } else if (!isBlank) {
      const action = readAction(line.toString());
      if (action === null) {
        throw new CommandFailure(`line ${number} is no action; expected {"index": {…}}, or create, update or delete`);
      }
      if (action.action === 'delete') yield deletion(action, number);
      else waiting = action;
    }
  }
  if (waiting !== null)
    throw new CommandFailure(`the file ends after the action of line ${number}, before its document`);
}

function deletion(line: ActionLine, number: number): Buffer {
  const { id, routing } = line;
  if (id === undefined) throw new CommandFailure(`line ${number} deletes without an _id`);
  return Buffer.from(`{"_delete":${JSON.stringify(id)}${member('_routing', routing)}${asked(line)}}\n`);
}

/** To follow another member; nothing where there is no value. */
function member(name: string, value: unknown): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
}

function asked({ version, refused }: ActionLine): string {
  return member('_version', version) + refused.map(([name, value]) => member(name, value)).join('');
}

/** The document's bytes stay as they are. */
function operation(line: ActionLine, document: Buffer, number: number): Buffer {
  const { action, id, routing } = line;
  const about = member('_key', id) + member('_routing', routing) + asked(line);
  if (action === 'update') return update(about, document, number);
  const name = action === 'create' ? '_create' : '_put';
  return Buffer.concat([Buffer.from(`{"${name}":`), document, Buffer.from(`${about}}\n`)]);
}

/** @param about members that follow */
function update(about: string, line: Buffer, number: number): Buffer {
  const parsed = parseJson(line.toString());
  const body = parsed !== null && isObject(parsed.value) ? parsed.value : {};
  const { doc, upsert, doc_as_upsert: isUpsert, detect_noop: detectNoop } = body;
  if (!isObject(doc)) throw new CommandFailure(`line ${number} updates without a "doc": scripts are not run`);
  // As they were written: a number of many digits keeps them.
  const part = (name: string): string => memberBytes(line, name)!.toString().trim();
  const upsertPart = isUpsert === true ? ',"_upsert":true' : upsert === undefined ? '' : `,"_upsert":${part('upsert')}`;
  const noopPart = detectNoop === undefined ? '' : `,"_detectNoop":${JSON.stringify(detectNoop)}`;
  return Buffer.from(`{"_patch":${part('doc')}${upsertPart}${noopPart}${about}}\n`);
}
