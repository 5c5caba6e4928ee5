/** Routes of documents. */
import type { FastifyInstance } from 'fastify';
import type { RootServices } from '../services.ts';
import { registerBulk } from './documents/bulk-documents.ts';
import { registerDelete } from './documents/delete-document.ts';
import { registerGet } from './documents/get-document.ts';
import { registerPatch } from './documents/patch-document.ts';
import { registerPut } from './documents/put-document.ts';
import { documentTypes, mergePatchType } from './documents/write-schemas.ts';

/** @param scope of these routes alone: their bodies stay streams, which the parse worker reads */
export function registerDocumentRoutes(scope: FastifyInstance, services: RootServices): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(documentTypes, (_request, body, done) => done(null, body));
  registerBulk(scope, services);
  registerPut(scope, services);
  // Whoever sends a patch means no whole document by it.
  void scope.register(async (patches) => {
    patches.addContentTypeParser(mergePatchType, (_request, body, done) => done(null, body));
    registerPatch(patches, services);
  });
  registerDelete(scope, services);
  registerGet(scope, services);
}
