import assert from 'node:assert/strict';
import { BlockList, isIP, isIPv4 } from 'node:net';
import { test } from 'node:test';
import { createRandom, type Random } from '../random/random.ts';
import { parseAddressBlock } from './address-block.ts';
import { addressKey, addressOfKey } from './address-key.ts';
import { parseAddress } from './parse-address.ts';
import { showAddress } from './show-address.ts';

// Each row: a text, its key with zeros in front left out, and how it is shown; 'none' for a text that is no address.
const rows: [text: string, key: string, shown: string][] = [
  ['192.0.2.1', 'ffffc0000201', '192.0.2.1'],
  ['0.0.0.0', 'ffff00000000', '0.0.0.0'],
  ['255.255.255.255', 'ffffffffffff', '255.255.255.255'],
  ['::ffff:192.0.2.1', 'ffffc0000201', '192.0.2.1'],
  ['::FFFF:c000:201', 'ffffc0000201', '192.0.2.1'],
  ['0:0:0:0:0:ffff:192.0.2.1', 'ffffc0000201', '192.0.2.1'],
  ['::', '', '::'],
  ['::1', '1', '::1'],
  ['1::', '10000000000000000000000000000', '1::'],
  ['0:0:0:0:0:0:0:0', '', '::'],
  ['::192.0.2.1', 'c0000201', '::c000:201'],
  ['64:ff9b::192.0.2.33', '64ff9b0000000000000000c0000221', '64:ff9b::c000:221'],
  ['2001:DB8::8:800:200C:417A', '20010db80000000000080800200c417a', '2001:db8::8:800:200c:417a'],
  ['2001:0db8:0000:0000:0001:0000:0000:0001', '20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '20010000000000010000000000000001', '2001:0:0:1::1'],
  ['1:2:3:4:5:6:7::', '10002000300040005000600070000', '1:2:3:4:5:6:7:0'],
  ['::2:3:4:5:6:7:8', '2000300040005000600070008', '0:2:3:4:5:6:7:8'],
  ['fe80::1', 'fe800000000000000000000000000001', 'fe80::1'],
  ['ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255', 'f'.repeat(32), 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ...[
    '',
    ' ',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.04',
    '01.2.3.4',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.-4',
    '0x1.2.3.4',
    '1.2.3.4/32',
    '1.2.3.4:80',
    '[::1]',
    ':',
    ':::',
    '1:::2',
    '1::2::3',
    ':1',
    '1:',
    '::1:',
    ':1::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4::5:6:7:8',
    '12345::',
    'g::',
    '::1.2.3',
    '::1.2.3.4:5',
    '1.2.3.4::',
    '1:2:3:4:5:6:7:1.2.3.4',
    'fe80::1%eth0',
    '::ffff:01.2.3.4',
    '１.2.3.4',
    'localhost',
    '0'.repeat(100),
  ].map((text): [string, string, string] => [text, 'none', 'none']),
];

for (const [text, key, shown] of rows) {
  test(`parseAddress: ${JSON.stringify(text)} is ${shown}`, () => {
    const address = parseAddress(text);
    assert.equal(address === undefined ? 'none' : addressKey(address), key === 'none' ? key : key.padStart(32, '0'));
    assert.equal(address === undefined ? 'none' : showAddress(address), shown);
  });
}

// Each row: a block, the first and the last address of it; 'none' for a text that is no block.
const blocks: [text: string, first: string, last: string][] = [
  ['10.0.0.0/8', '10.0.0.0', '10.255.255.255'],
  ['10.1.2.3/8', '10.0.0.0', '10.255.255.255'],
  ['10.1.2.3', '10.1.2.3', '10.1.2.3'],
  ['10.1.2.3/32', '10.1.2.3', '10.1.2.3'],
  ['10.1.2.3/31', '10.1.2.2', '10.1.2.3'],
  ['192.0.2.255/25', '192.0.2.128', '192.0.2.255'],
  ['1.2.3.4/0', '0.0.0.0', '255.255.255.255'],
  ['2001:db8::/32', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:db8::ff/125', '2001:db8::f8', '2001:db8::ff'],
  ['2001:db8::1/128', '2001:db8::1', '2001:db8::1'],
  ['2001:db8::1/0', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['8000::/1', '8000::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['::/96', '::', '::ffff:ffff'],
  ...['10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/', '10.0.0.0/08', '10.0.0.0/8/8', '10/8', '/8', '::/129', '::/1x'].map(
    (text): [string, string, string] => [text, 'none', 'none'],
  ),
  // Eight bits of IPv4 or of IPv6?
  ['::ffff:10.0.0.0/8', 'none', 'none'],
  ['::ffff:0:0/96', 'none', 'none'],
];

for (const [text, first, last] of blocks) {
  test(`parseAddressBlock: ${text} is ${first} to ${last}`, () => {
    const block = parseAddressBlock(text);
    const show = (key: string): string => showAddress(addressOfKey(key));
    assert.deepEqual(block === undefined ? ['none', 'none'] : [show(block.first), show(block.last)], [first, last]);
  });
}

/** The plain twin: an address as one number of 128 bits. */
function numberOf(text: string): bigint {
  if (isIPv4(text)) return (0xffffn << 32n) + quadOf(text);
  const quad = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const [, start = text, end] = quad ?? [];
  const whole =
    end === undefined ? text : `${start}${(quadOf(end) >> 16n).toString(16)}:${(quadOf(end) & 0xffffn).toString(16)}`;
  const groupsOf = (part: string | undefined): string[] => (part === undefined || part === '' ? [] : part.split(':'));
  const [head, tail] = whole.split('::');
  const zeros = Array.from({ length: 8 - groupsOf(head).length - groupsOf(tail).length }, () => '0');
  const groups = [...groupsOf(head), ...(tail === undefined ? [] : zeros), ...groupsOf(tail)];
  return groups.reduce((sum, part) => (sum << 16n) + BigInt(`0x${part}`), 0n);
}

function quadOf(text: string): bigint {
  return text.split('.').reduce((sum, octet) => (sum << 8n) + BigInt(octet), 0n);
}

/** Groups with many zeros, so that runs of them meet; some addresses are IPv4. */
function randomGroups(random: Random): number[] {
  const groups = Array.from({ length: 8 }, () =>
    random.chance(0.5) ? 0 : random.integer(0, random.pick([9, 0xffff])),
  );
  return random.chance(0.2) ? [0, 0, 0, 0, 0, 0xffff, ...groups.slice(6)] : groups;
}

/** One of the ways to write an address. */
function randomText(random: Random, groups: readonly number[]): string {
  const quad = groups
    .slice(6)
    .flatMap((part) => [part >> 8, part & 0xff])
    .join('.');
  const isVersion4 = groups[5] === 0xffff && groups.slice(0, 5).every((part) => part === 0);
  if (isVersion4 && random.chance(0.5)) return quad;
  const parts = groups.map((part) => {
    const digits = part.toString(16);
    return random.chance(0.3) ? digits.padStart(random.integer(1, 4), '0').toUpperCase() : digits;
  });
  if (random.chance(0.2)) parts.splice(6, 2, quad);
  const start = parts.findIndex((part) => Number.parseInt(part, 16) === 0 && !part.includes('.'));
  if (start < 0 || random.chance(0.3)) return parts.join(':');
  let end = start;
  while (end < Math.min(parts.length, 8) && /^0+$/.test(parts[end]!)) end++;
  return `${parts.slice(0, start).join(':')}::${parts.slice(end).join(':')}`;
}

/** A character left out, doubled or put in somewhere. */
function mutated(random: Random, text: string): string {
  const at = random.integer(0, text.length);
  const inserted = random.pick(['', '', ':', '::', '.', '0', 'f', 'g', '1.2.3.4', '/', ' ', '00']);
  return text.slice(0, at) + inserted + text.slice(at + random.integer(0, 2));
}

const seed = Date.now() % 1_000_000;

test(`parseAddress: agrees with node:net and with 128-bit numbers on random texts (seed ${seed})`, () => {
  const random = createRandom(seed);
  let taken = 0;
  for (let round = 0; round < 20_000; round++) {
    const groups = randomGroups(random);
    const written = randomText(random, groups);
    const text = random.chance(0.5) ? written : mutated(random, written);
    const address = parseAddress(text);
    assert.equal(address !== undefined, isIP(text) !== 0, `${text}, seed ${seed}`);
    if (address === undefined) continue;
    taken++;
    assert.equal(BigInt(`0x${addressKey(address)}`), numberOf(text), `${text}, seed ${seed}`);
    if (text === written) assert.deepEqual(address, groups, `${text}, seed ${seed}`);
  }
  assert.ok(taken > 10_000);
});

test(`showAddress: is read as the address, as the WHATWG writes it, and has one order with numbers (seed ${seed})`, () => {
  const random = createRandom(seed + 1);
  let before = { key: addressKey(randomGroups(random)), number: 0n };
  before.number = BigInt(`0x${before.key}`);
  for (let round = 0; round < 20_000; round++) {
    const groups = randomGroups(random);
    const shown = showAddress(groups);
    const key = addressKey(groups);
    assert.deepEqual(parseAddress(shown), groups, `${shown}, seed ${seed}`);
    assert.deepEqual(addressOfKey(key), groups);
    if (!isIPv4(shown)) {
      const { hostname } = new URL(`http://[${groups.map((part) => part.toString(16)).join(':')}]/`);
      assert.equal(`[${shown}]`, hostname, `seed ${seed}`);
    }
    const number = numberOf(shown);
    assert.equal(Math.sign(Number(number - before.number)), key < before.key ? -1 : key > before.key ? 1 : 0);
    before = { key, number };
  }
});

test(`parseAddressBlock: has the addresses that a BlockList has (seed ${seed})`, () => {
  const random = createRandom(seed + 2);
  for (let round = 0; round < 3000; round++) {
    const shown = showAddress(randomGroups(random));
    const family = isIPv4(shown) ? 'ipv4' : 'ipv6';
    const bits = random.integer(0, family === 'ipv4' ? 32 : 128);
    const block = parseAddressBlock(`${shown}/${bits}`)!;
    const list = new BlockList();
    list.addSubnet(shown, bits, family);
    const borders = [block.first, block.last].map((key) => BigInt(`0x${key}`));
    for (const number of [numberOf(shown), ...borders, borders[0]! - 1n, borders[1]! + 1n]) {
      if (number < 0n || number >= 1n << 128n) continue;
      const key = number.toString(16).padStart(32, '0');
      const candidate = showAddress(addressOfKey(key));
      // A BlockList keeps the families apart, and a block here does not.
      if (isIPv4(candidate) !== (family === 'ipv4')) continue;
      const isWithin = key >= block.first && key <= block.last;
      assert.equal(isWithin, list.check(candidate, family), `${candidate} in ${shown}/${bits}, seed ${seed}`);
    }
  }
});
