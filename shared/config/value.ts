/** Reads the text of one setting as a value of its kind. Pure. */
import { isLeafName } from '../discovery/leaf-list.ts';
import { logSourceForms, parseLogSource, type LogSource } from '../discovery/log-source.ts';
import { leafSourceForms, parseLeafSource, type LeafSource } from '../discovery/source.ts';
import { readStorePlace } from '../storage/store-place.ts';
import type { Setting } from './table.ts';

export type SettingValue = string | number | boolean | LogSource | LeafSource | readonly string[];

export type SettingReading =
  | { readonly kind: 'value'; readonly value: SettingValue }
  | { readonly kind: 'wrong'; readonly expected: string };

const wholeNumber = /^-?\d{1,15}$/;
const decimalNumber = /^-?\d{1,15}(?:\.\d{1,15})?$/;

/** What the setting takes, in words for a fault and for the documentation. */
export function expectedOf(setting: Setting): string {
  switch (setting.kind) {
    case 'text':
      return isName(setting) ? 'letters, digits, ".", "_" and "-", at most 253' : 'some text';
    case 'integer':
      return `a whole number from ${setting.range?.[0]} to ${setting.range?.[1]}`;
    case 'number':
      return `a number from ${setting.range?.[0]} to ${setting.range?.[1]}`;
    case 'switch':
      return 'true or false';
    case 'choice':
      return `one of ${setting.choices?.join(', ')}`;
    case 'log':
      return logSourceForms;
    case 'leaves':
      return leafSourceForms;
    case 'url':
      return 'an http or https URL without a query';
    case 'hosts':
      return 'names without ports, separated by commas';
    case 'origins':
      return 'http or https origins, separated by commas';
    case 'storage':
      return 's3://BUCKET/PREFIX or file:FOLDER';
  }
}

function isName({ name }: Setting): boolean {
  return name === 'name' || name === 'zone';
}

/** The value, or what was expected instead. */
export function readSetting(setting: Setting, text: string): SettingReading {
  const value = parse(setting, text);
  return value === undefined ? { kind: 'wrong', expected: expectedOf(setting) } : { kind: 'value', value };
}

function parse(setting: Setting, text: string): SettingValue | undefined {
  switch (setting.kind) {
    case 'text':
      if (isName(setting)) return isLeafName(text) ? text : undefined;
      return text.trim() === '' ? undefined : text;
    case 'integer':
      return inRange(setting, wholeNumber.test(text) ? Number(text) : undefined);
    case 'number':
      return inRange(setting, decimalNumber.test(text) ? Number(text) : undefined);
    case 'switch':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'choice':
      return setting.choices?.includes(text) === true ? text : undefined;
    case 'log':
      return parseLogSource(text);
    case 'leaves':
      return parseLeafSource(text);
    case 'url':
      return parseUrl(text);
    case 'hosts':
      return parseList(text, (host) =>
        /^(?:\*|\.?[\w-]+(?:\.[\w-]+)*|[\da-f:]+)$/i.test(host) ? host.toLowerCase() : undefined,
      );
    case 'origins':
      return parseList(text, parseOrigin);
    case 'storage':
      return readStorePlace(text) === undefined ? undefined : text;
  }
}

function inRange(setting: Setting, value: number | undefined): number | undefined {
  const [min, max] = setting.range ?? [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  return value === undefined || value < min || value > max ? undefined : value;
}

/** Each part of a list; nothing where one cannot be read. */
function parseList(text: string, read: (part: string) => string | undefined): readonly string[] | undefined {
  const parts = text.split(',').map((part) => read(part.trim()));
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

/** As browsers write it: without a path, in lower case, the usual port left out. */
function parseOrigin(text: string): string | undefined {
  const url = parseUrl(text);
  return url !== undefined && new URL(url).origin === url ? url : undefined;
}

/** The URL without a slash at its end, so that paths can be put behind it. */
function parseUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.search !== '' || url.hash !== '') return undefined;
  return url.href.replace(/\/+$/, '');
}
