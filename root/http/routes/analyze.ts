/** The route that shows how a text becomes terms. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { analyzerOf } from '../../../shared/analysis/analyzers.ts';
import { limits } from '../../../shared/limits.ts';
import { parseAnalyzeBody } from '../../query/parse-analyze-body.ts';
import type { AnalyzeRequest } from '../../query/parse-analyze-body.ts';
import { readParameters } from '../parameters.ts';
import { analyzerSchema, answers, indexParameter } from '../schemas.ts';
import type { RootServices } from '../services.ts';

const analyzeBody = Type.Object(
  {
    field: Type.Optional(Type.String({ description: 'A text field of the index; or analyzer.' })),
    analyzer: Type.Optional(analyzerSchema('An analyzer; or field.')),
    text: Type.String({ maxLength: limits.analyzedLengthMax }),
  },
  { examples: [{ analyzer: 'english', text: 'The cats are running' }] },
);

const token = Type.Object({
  token: Type.String(),
  position: Type.Integer({ description: 'From 0; a stop word that is left out leaves a gap.' }),
  start_offset: Type.Integer({ description: 'Of the word in the text, in UTF-16 units.' }),
  end_offset: Type.Integer({ description: 'After its last character.' }),
});

export function registerAnalyzeRoute(app: FastifyInstance, { catalog }: RootServices): void {
  app.post('/v1/indexes/:index/analyze', {
    schema: {
      tags: ['indexes'],
      summary: 'Show the terms of a text',
      description: 'The tokens of a text as a text field of the index sees it, or as an analyzer does.',
      params: indexParameter('wordnet'),
      body: analyzeBody,
      response: answers({ 200: Type.Object({ tokens: Type.Array(token) }) }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      const { index: name } = request.params as { index: string };
      const { schema } = await catalog.findOne(name);
      return { tokens: tokensOf(parseAnalyzeBody(request.body, schema)) };
    },
  });
}

function tokensOf({ analyzer, text }: AnalyzeRequest): object[] {
  const tokens: object[] = [];
  analyzerOf(analyzer).analyze(text, (term, position, start, end) => {
    tokens.push({ token: term, position, start_offset: start, end_offset: end });
  });
  return tokens;
}
