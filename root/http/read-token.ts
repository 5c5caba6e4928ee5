/** The header Sheaf-Token: what a caller has read before, and gives back; and of answers what they were read from. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { SheafError } from '../../shared/errors.ts';
import { tokenHeader } from '../route/token.ts';

export const tokenHeaders = Type.Object({
  [tokenHeader]: Type.Optional(
    Type.String({
      description:
        'The Sheaf-Token of an earlier answer about this index: no replica answers that is behind it, so reads never go back, whichever root is asked.',
    }),
  ),
});

/** Undefined where there is none. @throws SheafError TOKEN_INVALID where it came twice */
export function tokenOf(request: FastifyRequest): string | undefined {
  const value = request.headers[tokenHeader];
  if (Array.isArray(value)) throw new SheafError('TOKEN_INVALID', { at: tokenHeader });
  return value;
}

/** An answer that was read from nothing says nothing. */
export function tellToken(reply: FastifyReply, token: string | null): void {
  if (token !== null) reply.header(tokenHeader, token);
}
