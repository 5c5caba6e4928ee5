import { plain, type PartDefinition, type Tokenizer } from '../part.ts';
import { matching } from './by-pattern.ts';

/** Runs of letters, marks among them. */
export const letterTokenizer: PartDefinition<Tokenizer> = plain(matching(/\p{L}[\p{L}\p{M}]*/gu));
