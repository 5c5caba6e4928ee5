import { readBoolean } from '../../../json/readers.ts';
import type { PartDefinition, TokenFilter } from '../part.ts';

/** Each term once, or once at a position. */
export const uniqueFilter: PartDefinition<TokenFilter> = {
  options: ['only_on_same_position'],
  make(properties) {
    const perPosition = properties.optional('only_on_same_position', readBoolean, false);
    return (next) => {
      const seen = new Set<string>();
      let position = -1;
      return {
        take(token) {
          if (perPosition && token.position !== position) seen.clear();
          position = token.position;
          if (seen.has(token.term)) return;
          seen.add(token.term);
          next(token);
        },
        end: () => undefined,
      };
    };
  },
};
