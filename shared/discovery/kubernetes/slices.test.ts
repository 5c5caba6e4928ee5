import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeSlice } from './fake-api.fixture.ts';
import { placesOf, withoutSlice, withSlice, type Slices } from './slices.ts';

const inWords = (slices: Slices): string =>
  placesOf(slices)
    .map(({ name, address }) => `${name}@${address.host}:${address.port}`)
    .join(' ');

/** A slice of `name@host`, `!` behind it where the pod terminates, `~` where it is not ready. */
const slice = (name: string, ...endpoints: string[]) => makeSlice(name, endpoints);

// Each row: the slices there are, the places they make.
const rows: [name: string, slices: unknown[], expected: string][] = [
  ['none', [], ''],
  ['sorted by name', [slice('s', 'leaf-1@10.0.0.2', 'leaf-0@10.0.0.1')], 'leaf-0@10.0.0.1:7710 leaf-1@10.0.0.2:7710'],
  ['what terminates last', [slice('s', 'a@1.0.0.1!', 'b@1.0.0.2')], 'b@1.0.0.2:7710 a@1.0.0.1:7710'],
  ['several slices', [slice('s', 'a@1.0.0.1'), slice('t', 'b@1.0.0.2')], 'a@1.0.0.1:7710 b@1.0.0.2:7710'],
  ['the same slice again', [slice('s', 'a@1.0.0.1'), slice('s', 'b@1.0.0.2')], 'b@1.0.0.2:7710'],
  ['pods that are not ready are dialled', [slice('s', 'a@1.0.0.1~')], 'a@1.0.0.1:7710'],
  ['pods that terminate are heard to the end', [slice('s', 'a@1.0.0.1!')], 'a@1.0.0.1:7710'],
  ['of a moved pod the new place', [slice('s', 'a@1.0.0.1!'), slice('t', 'a@1.0.0.9')], 'a@1.0.0.9:7710'],
  ['the same the other way round', [slice('s', 'a@1.0.0.9'), slice('t', 'a@1.0.0.1!')], 'a@1.0.0.9:7710'],
  ['IPv4 before IPv6', [{ ...slice('s', 'a@fd::1'), addressType: 'IPv6' }, slice('t', 'a@1.0.0.1')], 'a@1.0.0.1:7710'],
  ['IPv6 alone', [{ ...slice('s', 'a@fd::1'), addressType: 'IPv6' }], 'a@[fd::1]:7710'],
  ['another port', [{ ...slice('s', 'a@1.0.0.1'), ports: [{ name: 'metrics', port: 9 }] }], ''],
  [
    'a pod without a hostname is named by its target',
    [{ ...slice('s'), endpoints: [{ addresses: ['1.0.0.1'], targetRef: { kind: 'Pod', name: 'leaf-x' } }] }],
    'leaf-x@1.0.0.1:7710',
  ],
  ['an endpoint without a name', [{ ...slice('s'), endpoints: [{ addresses: ['1.0.0.1'] }] }], ''],
  ['endpoints that are null', [{ ...slice('s'), endpoints: null }], ''],
  ['no slice at all', [null, 7, {}, { metadata: {} }], ''],
];

for (const [name, slices, expected] of rows) {
  test(`slices: ${name}`, () => assert.equal(inWords(slices.reduce<Slices>(withSlice, new Map())), expected));
}

test('slices: a slice that is removed takes its places along', () => {
  const both = withSlice(withSlice(new Map(), slice('s', 'a@1.0.0.1')), slice('t', 'b@1.0.0.2'));
  assert.equal(inWords(withoutSlice(both, slice('s'))), 'b@1.0.0.2:7710');
});
