/** What the documents of a write's body are to the log. Data, because it goes to the parse worker. */
import type { RollupSchema } from '../../shared/rollup/rollup-schema.ts';

export type BodyEntries =
  /** Each is put under its key; where they are deletable a line may delete one. */
  | { readonly are: 'documents'; readonly deletable: boolean }
  /** Each is added to the row of its dimensions. */
  | { readonly are: 'increments'; readonly of: RollupSchema };
