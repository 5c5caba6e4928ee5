import { eachTerm, plain, type PartDefinition, type TokenFilter } from '../part.ts';

export const trimFilter: PartDefinition<TokenFilter> = plain(eachTerm((term) => term.trim()));
