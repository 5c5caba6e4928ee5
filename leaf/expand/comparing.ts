/** What comparing terms costs, so that expansions are cut into steps. */

/** Steps compared of a pattern and a term, or of two words, for what a document costs. */
export const comparedPerDocument = 64;
/** Work after which a step ends, in documents: generators cost, too. */
export const workPerStep = 64;
