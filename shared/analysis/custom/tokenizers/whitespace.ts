import { plain, type PartDefinition, type Tokenizer } from '../part.ts';
import { matching } from './by-pattern.ts';

/** What stands between white space. */
export const whitespaceTokenizer: PartDefinition<Tokenizer> = plain(matching(/[^\p{White_Space}]+/gu));
