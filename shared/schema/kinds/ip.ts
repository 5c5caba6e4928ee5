import { addressKey, addressOfKey } from '../../addresses/address-key.ts';
import { parseAddress } from '../../addresses/parse-address.ts';
import { showAddress } from '../../addresses/show-address.ts';
import { wrong, type FieldKindDefinition, type ValueReading } from './definition.ts';
import type { ShownForm } from './shown-form.ts';

const addressForm = { name: 'ip', show, asString: null } as const satisfies ShownForm<string>;

/** An IPv4 or IPv6 address, kept as its key: a keyword whose order is that of addresses. */
export const ipKind = {
  layout: 'keyword',
  jsonTypes: ['string'],
  options: [],
  // Keys are not what callers write: no prefix or pattern of them means anything.
  isString: false,
  isOrdered: true,
  isSortable: true,
  aggregated: 'values',
  dimension: { sqlType: 'TEXT' },
  isTime: false,
  read,
  toJson: show,
  shown: addressForm,
  readShown: read,
  fromText: (text) => text,
} as const satisfies FieldKindDefinition<'keyword'>;

function read(value: unknown): ValueReading<string> {
  const address = typeof value === 'string' ? parseAddress(value) : undefined;
  return address === undefined
    ? wrong('an IP address such as 192.0.2.1 or 2001:db8::1')
    : { kind: 'value', value: addressKey(address) };
}

function show(key: string): string {
  return showAddress(addressOfKey(key));
}
