/** The store that a place names. */
import { SheafError } from '../errors.ts';
import { FolderStore } from './folder-store.ts';
import type { ObjectStore } from './object-store.ts';
import { PatientStore } from './patient-store.ts';
import type { RetryWorld } from './retrying.ts';
import { S3Store } from './s3-store.ts';
import type { StorePlace } from './store-place.ts';

/** Of a bucket, the variables that Amazon's own tools read. */
export type StoreEnvironment = Readonly<Record<string, string | undefined>>;

/** Longer than tries that fail at once take together: see retrying.ts. */
const answerMs = 15_000;

/**
 * @param environment AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; AWS_REGION or AWS_DEFAULT_REGION (us-east-1 where there is
 *   none), AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL where the service is not Amazon's
 * @throws SheafError STORAGE_NOT_CONFIGURED where something that is needed is not there
 */
export function openStore(place: StorePlace, environment: StoreEnvironment, world: RetryWorld): ObjectStore {
  return new PatientStore(openDirectly(place, environment, world), answerMs);
}

function openDirectly(place: StorePlace, environment: StoreEnvironment, world: RetryWorld): ObjectStore {
  if (place.kind === 'folder') return new FolderStore(place.folder);
  const region = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const named = environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'];
  const endpoint = URL.parse(named ?? `https://s3.${region}.amazonaws.com`);
  if (endpoint === null) throw notConfigured(place, 'AWS_ENDPOINT_URL_S3 is no address');
  if (endpoint.username !== '' || endpoint.password !== '') {
    throw notConfigured(
      place,
      'AWS_ENDPOINT_URL_S3 has credentials in it, which belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    );
  }
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  if (accessKeyId === undefined || accessKeyId === '') throw notConfigured(place, 'AWS_ACCESS_KEY_ID is not set');
  if (secretAccessKey === undefined || secretAccessKey === '') {
    throw notConfigured(place, 'AWS_SECRET_ACCESS_KEY is not set');
  }
  if (environment['AWS_SESSION_TOKEN'] !== undefined) {
    throw notConfigured(place, 'AWS_SESSION_TOKEN is set, and keys that end after a time cannot be used');
  }
  const { bucket, prefix } = place;
  return new S3Store({ bucket, prefix, endpoint, region, accessKeyId, secretAccessKey, world });
}

function notConfigured({ bucket, prefix }: StorePlace & { kind: 's3' }, reason: string): SheafError {
  return new SheafError('STORAGE_NOT_CONFIGURED', { detail: { place: `s3://${bucket}/${prefix}`, reason } });
}
