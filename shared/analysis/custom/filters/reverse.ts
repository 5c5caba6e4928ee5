import { eachTerm, plain, type PartDefinition, type TokenFilter } from '../part.ts';

export const reverseFilter: PartDefinition<TokenFilter> = plain(
  eachTerm((term) => Array.from(term).reverse().join('')),
);
