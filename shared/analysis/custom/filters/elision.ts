import { readWords } from '../options.ts';
import { eachTerm, type PartDefinition, type TokenFilter } from '../part.ts';

/** Cuts off words that stand before an apostrophe, French ones unless `articles` says which. */
export const elisionFilter: PartDefinition<TokenFilter> = {
  options: ['articles'],
  make(properties) {
    const french = ['l', 'm', 't', 'qu', 'n', 's', 'j', 'd', 'c', 'jusqu', 'quoiqu', 'lorsqu', 'puisqu'];
    const articles = new Set(properties.optional('articles', readWords, french).map((word) => word.toLowerCase()));
    return eachTerm((term) => {
      const at = term.search(/['’]/);
      return at > 0 && articles.has(term.slice(0, at).toLowerCase()) ? term.slice(at + 1) : term;
    });
  },
};
