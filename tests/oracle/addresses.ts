/** Addresses by the BigInt, and as the WHATWG writes them: nothing of the service's own but the reading of one address. */
import { readValue } from '../../shared/schema/values.ts';
import type { Between } from './between.ts';
import { asText, type Json } from './json.ts';

function keyOf(text: string): string {
  const reading = readValue('ip', text);
  if (reading.kind === 'wrong') throw new Error(`${text} is not ${reading.expected}`);
  return String(reading.value);
}

/** The addresses that an address or a block such as `10.0.0.0/8` stands for. */
export function addressesOf(operand: Json | undefined): Between {
  const [text, bits] = asText(operand).split('/');
  const key = keyOf(text!);
  if (bits === undefined) return { first: key, last: key };
  const rest = BigInt((text!.includes(':') ? 128 : 32) - Number(bits));
  const start = (BigInt(`0x${key}`) >> rest) << rest;
  const show = (number: bigint): string => number.toString(16).padStart(32, '0');
  return { first: show(start), last: show(start + (1n << rest) - 1n) };
}

export function shownAddress(key: number | string): string {
  const groups = String(key).match(/.{4}/g)!;
  if (/^0{20}f{4}/.test(String(key))) {
    const number = Number.parseInt(groups.slice(6).join(''), 16);
    return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
  }
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}
