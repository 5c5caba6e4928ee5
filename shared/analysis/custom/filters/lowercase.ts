import { eachTerm, plain, type PartDefinition, type TokenFilter } from '../part.ts';

export const lowercaseFilter: PartDefinition<TokenFilter> = plain(eachTerm((term) => term.toLowerCase()));
