/** Where a store is, as it is written in a setting. Pure. */

/** Where a store is, as read from `file:DIR` or `s3://BUCKET/PREFIX`. */
export type StorePlace =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

const bucketPattern = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const prefixPattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;
const prefixLengthMax = 400;

/** What the text names, or undefined where it names no store. */
export function readStorePlace(text: string): StorePlace | undefined {
  if (text.startsWith('file:')) {
    const folder = text.slice('file:'.length).replace(/^\/\/(?=\/)/, '');
    return folder === '' || folder.startsWith('//') ? undefined : { kind: 'folder', folder };
  }
  if (!text.startsWith('s3://')) return undefined;
  const [bucket = '', ...rest] = text.slice('s3://'.length).replace(/\/$/, '').split('/');
  const prefix = rest.join('/');
  const fits = prefix === '' || (prefix.length <= prefixLengthMax && prefixPattern.test(prefix));
  return bucketPattern.test(bucket) && fits ? { kind: 's3', bucket, prefix } : undefined;
}
