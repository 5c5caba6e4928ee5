/** What is said of a schema that was inferred, or why there is none. Pure. */
import { CommandFailure } from '../failure.ts';
import type { DocumentStatistics } from './field-statistics.ts';
import type { Unit } from './formats/format.ts';
import type { InferredSchema } from './infer-schema.ts';

/** Where there are no documents. */
const emptyWords: { readonly [U in Unit]: string } = {
  line: 'there are no lines',
  element: 'the array is empty',
  object: 'there are no objects',
  row: 'the table has no rows below the names of its columns',
  action: 'there are no actions',
};

/** What a schema was inferred from. */
interface Inferred {
  readonly statistics: DocumentStatistics;
  /** Of the file. */
  readonly unit: Unit;
}

/**
 * What the schema was inferred from, what it is and what it leaves out, as lines.
 * @throws CommandFailure where there are no documents, or none of their fields can be searched
 */
export function tellInferred(
  index: string,
  { statistics, unit }: Inferred,
  { schema, leftOut, oddities }: InferredSchema,
): string[] {
  const { documents, passedOver } = statistics;
  if (documents === 0 && passedOver === null) {
    throw new CommandFailure(`there is nothing to load into ${index}: ${emptyWords[unit]}`);
  }
  if (Object.keys(schema.fields).length === 0) {
    const fields = leftOut.map(({ path, reason }) => `${path} (${reason})`).join(', ');
    const none =
      passedOver === null ? 'the documents have no fields' : `${unit} ${passedOver.line} ${passedOver.reason}`;
    const why = fields || none;
    throw new CommandFailure(
      `no schema can be inferred for ${index}: ${why}; say it with --schema FILE, or create it with PUT /v1/indexes/${index}`,
    );
  }
  return [
    `There is no index ${index} yet. Inferred from ${documents.toLocaleString('en-US')} documents:`,
    JSON.stringify({ schema }, null, 2),
    ...leftOut.map(({ path, reason }) => `Field ${path} is stored but cannot be searched: ${reason}.`),
    ...oddities.map(
      ({ path, values }) => `Field ${path} has ${values} values of another kind: their documents will be rejected.`,
    ),
    'Another kind for a field: --set FIELD=KIND. dynamic is "false": fields that only later documents have are stored, but cannot be searched.',
  ];
}
