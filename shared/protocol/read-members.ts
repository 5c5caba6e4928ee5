/** Members at the leaf's door: what a root says of the others is checked before anything is placed by it. */
import { SheafError } from '../errors.ts';
import { isObject } from '../json/read-object.ts';
import { isArrayOf } from '../json/is-array-of.ts';
import { faultOfReplicas, isWord, isZone } from './report-shapes.ts';
import type { MembersFrame, PeerReportFrame } from './report-frames.ts';
import type { PeerGone } from './reports.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The members a root named, sorted, each once, and its news of them, none where it tells none.
 * @throws SheafError FRAME_INVALID
 */
export function readMembers(value: unknown): MembersFrame {
  const leaves = isObject(value) ? value['leaves'] : undefined;
  if (!isArrayOf(leaves, (leaf) => typeof leaf === 'string')) throw invalid('leaves', 'an array of names');
  const peers = isObject(value) ? (value['peers'] ?? []) : [];
  if (!isArrayOf(peers, isNews)) throw invalid('peers', 'an array of reports of leaves');
  const zones = isObject(value) ? value['zones'] : undefined;
  if (zones !== undefined && !isZones(zones)) throw invalid('zones', 'names of zones, or null, by leaf');
  return { leaves: [...new Set(leaves)].sort(), ...(zones === undefined ? {} : { zones }), peers };
}

function isZones(value: unknown): value is NonNullable<MembersFrame['zones']> {
  return isObject(value) && Object.values(value).every((zone) => zone === null || isZone(zone));
}

function isNews(value: unknown): value is PeerReportFrame | PeerGone {
  if (!isWord(value)) return false;
  const fields: Fields = { ...value };
  return fields['gone'] === true || isPeerReport(fields);
}

function isPeerReport(value: Fields): boolean {
  const { host, port, draining, seen } = value;
  const isPlace = typeof host === 'string' && Number.isInteger(port) && typeof draining === 'boolean';
  return isPlace && faultOfReplicas(value) === null && (seen === undefined || isArrayOf(seen, isWord));
}

function invalid(field: string, expected: string): SheafError {
  return new SheafError('FRAME_INVALID', { detail: { field, expected } });
}
