import { eachTerm, plain, type PartDefinition, type TokenFilter } from '../part.ts';

export const uppercaseFilter: PartDefinition<TokenFilter> = plain(eachTerm((term) => term.toUpperCase()));
