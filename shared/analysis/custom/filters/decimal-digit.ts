import { eachTerm, plain, type PartDefinition, type TokenFilter } from '../part.ts';

/** Digits of any script are those of ASCII. They stand in tens from their zero on. */
export const decimalDigitFilter: PartDefinition<TokenFilter> = plain(
  eachTerm((term) => term.replaceAll(/(?![0-9])\p{Nd}/gu, (digit) => String(valueOf(digit.codePointAt(0)!)))),
);

function valueOf(code: number): number {
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++;
  // Two tens may touch: those of mathematical letters begin at a place of their own.
  return code >= 0x1d7ce && code <= 0x1d7ff ? (code - 0x1d7ce) % 10 : value;
}
