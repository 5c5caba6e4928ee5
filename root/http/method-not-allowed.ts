/** Which methods a path takes, so that a wrong method is told from a wrong path. */
import type { FastifyInstance } from 'fastify';

/** Notes every route registered from now on; gives a function from a path to its methods, none if there is no route. */
export function noteRoutes(app: FastifyInstance): (path: string) => string[] {
  const routes: { pattern: RegExp; methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    const pattern = new RegExp(
      `^${url
        .replaceAll('.', '\\.')
        .replaceAll('*', '.*')
        .replaceAll(/:[a-z]+/g, '[^/]+')}$`,
    );
    routes.push({ pattern, methods: [method].flat() });
  });
  return (path) => [...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))];
}
