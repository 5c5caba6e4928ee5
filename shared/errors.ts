/**
 * Every error a caller of Sheaf can meet: one table of stable codes and one class.
 *
 * `status` is the HTTP status the root answers with. `retry` says who may repeat the same request and expect another
 * outcome: `never` (it is wrong as it stands), `later` (the cluster may recover), `elsewhere` (another replica may
 * answer now). What is retried inside a query, root/scatter/judge-failure.ts says. `fix` tells the caller what to do.
 */
interface ErrorRow {
  readonly status: number;
  readonly retry: 'never' | 'later' | 'elsewhere';
  readonly message: string;
  readonly fix: string;
}

export const errorTable = {
  // The request as written
  JSON_MALFORMED: {
    status: 400,
    retry: 'never',
    message: 'the body is not valid JSON',
    fix: 'correct the JSON at the position given in detail',
  },
  JSON_DUPLICATE_KEY: {
    status: 400,
    retry: 'never',
    message: 'an object has the same name twice, and only one of the values could be kept',
    fix: 'remove one of the two',
  },
  BODY_MISSING: {
    status: 400,
    retry: 'never',
    message: 'the request has no body',
    fix: 'send a body: JSON, or NDJSON for many documents',
  },
  BODY_TOO_LARGE: {
    status: 413,
    retry: 'never',
    message: 'the body is larger than the limit',
    fix: 'send less at a time or raise the limit named in detail',
  },
  BODY_TOO_DEEP: {
    status: 400,
    retry: 'never',
    message: 'the JSON of the body is nested deeper than the limit',
    fix: 'flatten it',
  },
  BODY_TOO_MANY_PARTS: {
    status: 400,
    retry: 'never',
    message: 'the JSON of the body has more objects, arrays and names than the limit',
    fix: 'send fewer clauses or aggregations at a time, and many values as one terms clause',
  },
  FORM_MALFORMED: {
    status: 400,
    retry: 'never',
    message: 'the body is not a form of names and numbers',
    fix: 'send name=number pairs joined by &, percent-encoded as UTF-8',
  },
  MEDIA_TYPE_UNSUPPORTED: {
    status: 415,
    retry: 'never',
    message: 'the content type is not one this route reads',
    fix: 'send a content-type header listed in detail: application/x-ndjson or application/json for documents, application/json for anything else',
  },
  HTTP_MALFORMED: {
    status: 400,
    retry: 'never',
    message: 'the bytes sent are not an HTTP request',
    fix: 'send HTTP/1.1 as detail says',
  },
  REQUEST_HEAD_TOO_LARGE: {
    status: 431,
    retry: 'never',
    message: 'the URL and the headers together are larger than the limit',
    fix: 'send a long search as a body with POST; a document key is at most 512 bytes',
  },
  REQUEST_TOO_SLOW: {
    status: 408,
    retry: 'later',
    message: 'the request did not arrive in time',
    fix: 'check the connection and send the request again',
  },
  TOO_MANY_CONNECTIONS: {
    status: 503,
    retry: 'later',
    message: 'the process has as many connections as it takes',
    fix: 'keep connections and use them again, ask another root, or raise --connections-max',
  },
  REQUEST_BROKEN_OFF: {
    status: 400,
    retry: 'later',
    message: 'the client left before its request was whole',
    fix: 'send the request again',
  },
  URL_MALFORMED: {
    status: 400,
    retry: 'never',
    message: 'the path of the URL cannot be decoded',
    fix: 'percent-encode it as UTF-8',
  },
  URL_TOO_LONG: {
    status: 414,
    retry: 'never',
    message: 'a segment of the path is longer than any name or key may be',
    fix: 'use a shorter index name or document key',
  },
  ROUTE_UNKNOWN: { status: 404, retry: 'never', message: 'there is no such route', fix: 'see /docs for the routes' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retry: 'never',
    message: 'the route does not take this method',
    fix: 'use a method listed in detail',
  },
  ORIGIN_REFUSED: {
    status: 403,
    retry: 'never',
    message: 'the request comes from a page of another site',
    fix: 'ask from a page of this server or from a program, or name the origin of the page with --cors',
  },
  HOST_UNKNOWN: {
    status: 421,
    retry: 'never',
    message: 'the request calls this server by a name that is not its own',
    fix: 'use the address it listens on, or name the host with --hosts',
  },
  PARAMETER_UNKNOWN: {
    status: 400,
    retry: 'never',
    message: 'the URL has a parameter this route does not know',
    fix: 'remove it or use one of those listed in detail',
  },
  PARAMETER_INVALID: {
    status: 400,
    retry: 'never',
    message: 'a URL parameter has a value that is not allowed',
    fix: 'use a value as described in detail',
  },
  REQUEST_FIELD_UNKNOWN: {
    status: 400,
    retry: 'never',
    message: 'the body has a field this request does not know',
    fix: 'remove it or use one of those listed in detail',
  },
  REQUEST_TYPE_WRONG: {
    status: 400,
    retry: 'never',
    message: 'a value in the body has the wrong type',
    fix: 'use the type given in detail',
  },
  REQUEST_VALUE_INVALID: {
    status: 400,
    retry: 'never',
    message: 'a value in the body is outside what is allowed',
    fix: 'use a value in the range given in detail',
  },
  REQUEST_FIELD_MISSING: {
    status: 400,
    retry: 'never',
    message: 'the body lacks a required field',
    fix: 'add the field named in detail',
  },

  // Queries
  QUERY_CLAUSE_UNKNOWN: {
    status: 400,
    retry: 'never',
    message: 'there is no such query clause',
    fix: 'use one of the clauses listed in detail',
  },
  QUERY_TOO_DEEP: {
    status: 400,
    retry: 'never',
    message: 'the query is nested deeper than the limit',
    fix: 'flatten the query',
  },
  QUERY_TOO_MANY_CLAUSES: {
    status: 400,
    retry: 'never',
    message: 'the query has more clauses than the limit',
    fix: 'use fewer clauses, or one terms clause in place of many',
  },
  QUERY_TEXT_TOO_LONG: {
    status: 400,
    retry: 'never',
    message: 'the texts of a query have more characters than the limit',
    fix: 'look for a part of them, or in fewer fields',
  },
  QUERY_TOO_MANY_POSTINGS: {
    status: 400,
    retry: 'never',
    message: 'the scored terms stand in more documents than a term index sends to be scored',
    fix: 'add a rarer term that must match, sort by _doc, which needs no scores, or use an index of kind document',
  },
  PHRASE_TOO_LONG: {
    status: 400,
    retry: 'never',
    message: 'a phrase has more terms than the limit',
    fix: 'look for a shorter part of it',
  },
  QUERY_STRING_INVALID: {
    status: 400,
    retry: 'never',
    message: 'the query string cannot be parsed',
    fix: 'correct it at the column given in detail',
  },
  QUERY_STRING_QUOTES: {
    status: 400,
    retry: 'never',
    message: 'a quoted phrase does not end',
    fix: 'close the quote, or put a backslash before it to mean the character itself',
  },
  FIELD_UNKNOWN: {
    status: 400,
    retry: 'never',
    message: 'the index has no such field',
    fix: 'use a field of the schema, or add the field with PUT /v1/indexes/{index}',
  },
  FIELD_KIND_WRONG: {
    status: 400,
    retry: 'never',
    message: 'the field is of a kind that cannot be used this way',
    fix: 'use a field of a kind listed in detail, or add a sub-field of that kind',
  },
  RESULT_WINDOW_TOO_LARGE: {
    status: 400,
    retry: 'never',
    message: 'from + size is over the limit',
    fix: 'ask for fewer hits or narrow the query',
  },
  AGGREGATION_UNKNOWN: {
    status: 400,
    retry: 'never',
    message: 'there is no such aggregation',
    fix: 'use one of the aggregations listed in detail',
  },
  PIPELINE_MISPLACED: {
    status: 400,
    retry: 'never',
    message: 'there are no buckets here for this pipeline',
    fix: 'put it among the aggs of the aggregation whose buckets it is of: expected in detail says which',
  },
  BUCKETS_PATH_UNKNOWN: {
    status: 400,
    retry: 'never',
    message: 'a buckets_path leads nowhere',
    fix: 'use one of the names in detail, which are those that it can go on with',
  },
  BUCKETS_PATH_SEVERAL: {
    status: 400,
    retry: 'never',
    message: 'a buckets_path leads to several numbers',
    fix: 'go on to one of them, as allowed in detail shows',
  },
  BUCKETS_PATH_NO_NUMBER: {
    status: 400,
    retry: 'never',
    message: 'a buckets_path leads to what is no number',
    fix: 'end it at an aggregation of one number, at _count or at _bucket_count',
  },
  BUCKETS_PATH_NO_BUCKETS: {
    status: 400,
    retry: 'never',
    message: 'a buckets_path goes through no buckets',
    fix: 'begin it with an aggregation beside the pipeline that has buckets',
  },
  BUCKETS_PATH_CIRCULAR: {
    status: 400,
    retry: 'never',
    message: 'pipelines need one another in a circle',
    fix: 'let one of those in detail be computed of an aggregation',
  },
  EXPRESSION_INVALID: {
    status: 400,
    retry: 'never',
    message: 'an expression cannot be read',
    fix: 'mend it at the position in detail: numbers, params.name, + - * / %, comparisons, && || !, ?:, parentheses and the functions of Math and MovingFunctions are known',
  },
  PIPELINES_TOO_HEAVY: {
    status: 400,
    retry: 'never',
    message: 'the pipelines take more steps than the limit',
    fix: 'use fewer buckets, smaller windows or shorter expressions',
  },
  AGGREGATION_TOO_MANY_BUCKETS: {
    status: 400,
    retry: 'never',
    message: 'the aggregation makes more buckets than the limit',
    fix: 'use a larger interval or a smaller size',
  },
  AGGREGATION_TOO_LARGE: {
    status: 400,
    retry: 'never',
    message: 'the aggregation takes more bytes than the limit',
    fix: 'ask for fewer buckets, fewer aggregations in each, or fewer documents or fields of them; composite tells buckets page by page',
  },
  SUM_TOO_LARGE: {
    status: 400,
    retry: 'never',
    message: 'a sum is larger than a number of JSON is read exactly',
    fix: 'ask with "bigInts": "string" and read such sums as text',
  },
  TOKEN_INVALID: {
    status: 400,
    retry: 'never',
    message: 'the token is not one that a write to this index gave',
    fix: 'pass the token of a write to this index unchanged',
  },

  PIN_INVALID: {
    status: 400,
    retry: 'never',
    message: 'the value of at is not one that a search of this index gave',
    fix: 'pass the at of an answer unchanged, or "at": true to pin the present state',
  },
  INDEX_RESTORED: {
    status: 409,
    retry: 'never',
    message: 'the token or state is of the index before it was restored, and what it names may be lost',
    fix: 'ask again without it, and write again what is missing: detail says up to which log offset each shard is back',
  },

  // Indexes and documents
  INDEX_NAME_INVALID: {
    status: 400,
    retry: 'never',
    message: 'the index name is not allowed',
    fix: 'use 1 to 100 of a-z, 0-9, - and _, beginning with a letter or digit',
  },
  INDEX_NOT_FOUND: {
    status: 404,
    retry: 'never',
    message: 'there is no such index',
    fix: 'create it with PUT /v1/indexes/{index}',
  },
  NAME_TAKEN: {
    status: 409,
    retry: 'never',
    message: 'an index or an alias has this name already',
    fix: 'use another name: one name is either an index or an alias',
  },
  ALIAS_NOT_FOUND: {
    status: 404,
    retry: 'never',
    message: 'there is no such alias, or the index is not in it',
    fix: 'see GET /v1/aliases for what there is; nothing of the request was done',
  },
  ALIAS_TWO_WRITE_INDEXES: {
    status: 400,
    retry: 'never',
    message: 'an alias would have more than one index that is written to',
    fix: 'add the others without write, in the same request; nothing of it was done',
  },
  ALIASES_TOO_MANY: {
    status: 400,
    retry: 'never',
    message: 'there would be more aliases, or more indexes in one, than the limit',
    fix: 'remove some; nothing of the request was done',
  },
  ALIAS_NOT_WRITABLE: {
    status: 400,
    retry: 'never',
    message: 'the alias stands for several indexes, and none of them is its write index',
    fix: 'name the index, or say "write": true of one of them with POST /v1/aliases',
  },
  TEMPLATE_NOT_FOUND: {
    status: 404,
    retry: 'never',
    message: 'there is no such template',
    fix: 'see GET /v1/templates for what there is',
  },
  TEMPLATE_INVALID: {
    status: 400,
    retry: 'never',
    message: 'the template contradicts itself: no index could be made of it, or its policy could never be followed',
    fix: 'correct what detail names; nothing was changed',
  },
  TEMPLATE_CONFLICT: {
    status: 409,
    retry: 'never',
    message: 'another template stands against this one',
    fix: 'say another priority, other patterns or another alias, or change the template that detail names; nothing was changed',
  },
  TEMPLATES_TOO_MANY: {
    status: 400,
    retry: 'never',
    message: 'there would be more templates than the limit',
    fix: 'delete some, or join several in one with more patterns',
  },
  ROLLOVER_NAME_INVALID: {
    status: 400,
    retry: 'never',
    message: 'the name of the index that the alias is written to cannot be counted up',
    fix: 'have the alias written to an index whose name ends in - and a number, such as logs-000001, and is not as long as a name can be',
  },
  SEARCH_INDEXES_TOO_MANY: {
    status: 400,
    retry: 'never',
    message: 'the search names more indexes than the limit, or asks for too many hits of so many',
    fix: 'name fewer indexes, or ask for fewer hits',
  },
  SEARCH_INDEXES_DIFFER: {
    status: 400,
    retry: 'never',
    message: 'the search does not mean the same in all of the indexes it names',
    fix: 'leave out the index that detail names, or what it reads differently',
  },
  SEARCH_INDEXES_REFUSED: {
    status: 400,
    retry: 'never',
    message: 'this cannot be asked of several indexes at once',
    fix: 'leave out what detail names, or ask each index by itself',
  },
  INDEX_CONFLICT: {
    status: 409,
    retry: 'never',
    message: 'the index exists with a different definition',
    fix: 'replicas can be changed and fields added (not to a roll-up), nothing else; delete the index or use another name',
  },
  INDEX_NOT_READY: {
    status: 503,
    retry: 'later',
    message: 'the index is as asked, but not all of its replicas were ready in time',
    fix: 'send the same PUT again',
  },
  INDEX_APPEND_ONLY: {
    status: 409,
    retry: 'never',
    message: 'documents of a term index are only ever added: none can be replaced or deleted',
    fix: 'send new documents with POST, or use an index of kind document',
  },
  INDEX_FULL: {
    status: 507,
    retry: 'never',
    message: 'the index has as many log entries as a term index can number',
    fix: 'begin another index, or use one of kind document',
  },
  SCHEMA_INVALID: { status: 400, retry: 'never', message: 'the schema is not valid', fix: 'correct it as detail says' },
  INDEX_KIND_WRONG: {
    status: 400,
    retry: 'never',
    message: 'an index of this kind cannot do that',
    fix: 'do as detail says, or use an index of another kind: one of kind document searches in every way',
  },
  ROWS_TOO_LARGE: {
    status: 400,
    retry: 'never',
    message: 'a shard has more rows than can be read at once',
    fix: 'make the roll-up with more shards, or search it with aggregations',
  },
  INCREMENT_INVALID: {
    status: 400,
    retry: 'never',
    message: 'what is to be added is not a whole number within the limit',
    fix: 'send a whole number between minus and plus the limit named in detail',
  },
  IDEMPOTENCY_KEY_INVALID: {
    status: 400,
    retry: 'never',
    message: 'the header Idempotency-Key has a value that is not allowed',
    fix: 'send a text as detail says, another one for each request',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    retry: 'never',
    message: 'the Idempotency-Key was used before, for a request that differs',
    fix: 'use a new key for each request, and the same key only to repeat one as it was',
  },
  REPEAT_DIFFERS: {
    status: 409,
    retry: 'never',
    message: 'the request was recorded before, and of its lines others count than would be written now',
    fix: 'read what the documents are now, and send what is missing under another key',
  },
  CONDITION_INVALID: {
    status: 400,
    retry: 'never',
    message: 'a header that makes the write conditional cannot be read, or not be heeded by this request',
    fix: 'send If-None-Match: * to create, If-Match with the ETag that was read, "TERM.SEQUENCE", or If-Match: * to change what is there; not both; of many documents each line says its condition',
  },
  CONDITION_FAILED: {
    status: 412,
    retry: 'never',
    message: 'the condition did not hold when the turn of the write came, and nothing was changed',
    fix: 'read the document, decide again, and send If-Match with its ETag, or with the term and sequence that detail gives',
  },
  CONDITIONS_TOO_MANY: {
    status: 413,
    retry: 'never',
    message: 'more lines of one body are judged than the limit',
    fix: 'send the lines in several bodies; lines without a condition are not counted',
  },
  OUTCOME_UNCERTAIN: {
    status: 503,
    retry: 'later',
    message: 'the write is in the log, and no replica told in time whether its condition held',
    fix: 'read the document and compare; sent again it is judged again, but with the same Idempotency-Key, which asks what became of the first',
  },
  DOCUMENT_NOT_FOUND: {
    status: 404,
    retry: 'never',
    message: 'there is no document with this key',
    fix: 'check the key',
  },
  FIELD_NOT_ADDED: {
    status: 400,
    retry: 'never',
    message: 'the document has a field that the schema does not define and that cannot be added to it',
    fix: 'rename or leave out the field, as detail says; a schema has at most 1,000 fields, sub-fields included',
  },
  DOCUMENT_NOT_OBJECT: {
    status: 400,
    retry: 'never',
    message: 'a document must be a JSON object',
    fix: 'send one JSON object a line',
  },
  DOCUMENT_TOO_LARGE: {
    status: 413,
    retry: 'never',
    message: 'the document is larger than the limit',
    fix: 'split the document',
  },
  DOCUMENT_TOO_DEEP: {
    status: 400,
    retry: 'never',
    message: 'the document is nested deeper than the limit',
    fix: 'flatten the document',
  },
  DOCUMENT_FIELD_UNKNOWN: {
    status: 400,
    retry: 'never',
    message: 'the document has a field that the schema does not define',
    fix: 'correct the name, or add the field with PUT /v1/indexes/{index}, or set dynamic to "false" to store such fields without searching them; a roll-up takes only what it was made with',
  },
  DOCUMENT_FIELD_TYPE: {
    status: 400,
    retry: 'never',
    message: 'a value does not fit the kind of its field',
    fix: 'send a value of the kind given in detail',
  },
  KEY_INVALID: {
    status: 400,
    retry: 'never',
    message: 'a document key must be a non-empty string or an integer',
    fix: 'send such a key',
  },
  KEY_MISSING: {
    status: 400,
    retry: 'never',
    message: 'the document lacks the field that holds its key',
    fix: 'add the field, or leave out ?key= to have keys generated',
  },
  ROUTING_MISSING: {
    status: 400,
    retry: 'never',
    message: 'the index takes, gives and deletes documents with a routing only',
    fix: 'add ?routing=, --routing to a command, or _routing to a line with an operation',
  },
  KEY_TOO_LONG: {
    status: 400,
    retry: 'never',
    message: 'the document key is longer than the limit',
    fix: 'use a shorter key',
  },

  // The cluster
  COVERAGE_TOO_LOW: {
    status: 503,
    retry: 'later',
    message: 'too few shards answered',
    fix: 'see coverage for what is missing and why; retry, raise timeout, or lower coverage.min to accept partial answers',
  },
  LOG_UNAVAILABLE: {
    status: 503,
    retry: 'later',
    message: 'the log did not answer in time; what was sent to it may or may not have been written',
    fix: 'retry: with the same keys that is harmless, without ?key= documents may be stored twice; searches go on meanwhile',
  },
  LOG_FULL: {
    status: 507,
    retry: 'later',
    message: 'the log cannot store more',
    fix: 'free disk space where the log runs',
  },
  LOG_CORRUPT: {
    status: 500,
    retry: 'never',
    message: 'the data of the log is damaged',
    fix: 'restore the data folder from a copy',
  },
  BATCH_INVALID: {
    status: 500,
    retry: 'never',
    message: 'the bytes are not a record batch that the log takes',
    fix: 'run a root whose writes the log takes; one that is in the log already is shown, and left out, by sheaf entry',
  },
  BATCH_VERSION_UNKNOWN: {
    status: 503,
    retry: 'later',
    message: 'the record batch was written by a newer version of Sheaf',
    fix: 'upgrade the log, then the leaves, then the roots; or leave the batch out with sheaf entry',
  },
  JUDGEMENT_VERSION_UNKNOWN: {
    status: 503,
    retry: 'later',
    message: 'a conditional write is to be judged by rules of a newer version of Sheaf',
    fix: 'upgrade the leaves, then the roots; or leave the entry out with sheaf entry',
  },
  PARTITION_STOPPED: {
    status: 503,
    retry: 'later',
    message: 'a record batch in the log cannot be read: nothing after it is seen, so nothing more is taken',
    fix: 'upgrade what cannot read it, or look at it and leave it out: sheaf entry PARTITION OFFSET --skip',
  },
  ENTRY_NOT_FOUND: {
    status: 404,
    retry: 'never',
    message: 'the partition has no entry at this offset',
    fix: 'take partition and offset from sheaf cluster',
  },
  ENTRY_NOT_STOPPED: {
    status: 409,
    retry: 'never',
    message:
      'no reader is known to stand still before this entry: left out, what it says would be lost, or kept by some only',
    fix: 'take partition and offset from what stands still in sheaf cluster; --force leaves it out all the same, and replicas that have read it then differ for good',
  },
  ENTRY_READ_BY_SOME: {
    status: 409,
    retry: 'never',
    message: 'some have read this entry already: left out, they would differ from the others for good',
    fix: 'upgrade what stands still before it, so that all read it; or leave it out with --force, and let those in detail be filled anew: a leaf without its data folder, a root by a start',
  },
  LOG_REPLACED: {
    status: 500,
    retry: 'never',
    message: 'the log is not the one that was read before, or lacks entries that were read from it',
    fix: 'put the log back as it was and restart, or remove the data folders of the leaves to accept the loss',
  },
  LOG_TRIMMED: {
    status: 410,
    retry: 'elsewhere',
    message: 'the log has let go of the entries that were asked for',
    fix: 'begin at the earliest offset, which detail names, with a copy of what came before it: of a snapshot or another leaf',
  },
  TOPICS_TOO_MANY: {
    status: 507,
    retry: 'never',
    message: 'the log has as many topics of indexes as it may have',
    fix: 'delete indexes, or raise --kafka-indexes-max if the brokers can take more topics',
  },
  LEASE_LOST: {
    status: 503,
    retry: 'later',
    message: 'the lease was not renewed in time: another process may hold it by now',
    fix: 'stop what was done under it, and acquire it again',
  },
  LEASE_FENCED: {
    status: 409,
    retry: 'never',
    message: 'a later holder of the lease has changed this already',
    fix: 'nothing: the later holder goes on with the work',
  },
  LEASE_OF_OTHER_LOG: {
    status: 409,
    retry: 'never',
    message: 'the lease is of another log than the one whose leases this was changed under',
    fix: 'put the log back as it was, or give up what was changed under the leases of the other',
  },
  LEASES_TOO_MANY: {
    status: 503,
    retry: 'later',
    message: 'there are as many leases as there may be',
    fix: 'wait until work that is under way has ended',
  },
  JOB_NOT_FOUND: {
    status: 404,
    retry: 'never',
    message: 'there is no such job',
    fix: 'list them with GET /v1/jobs; what a job came to is kept for a day',
  },
  JOB_ENDED: {
    status: 409,
    retry: 'never',
    message: 'the job has ended, or is to be cancelled',
    fix: 'look at it with GET /v1/jobs/{id}; create another one for what is left to do',
  },
  JOB_CONFLICT: {
    status: 409,
    retry: 'never',
    message: 'a document that the job had found was changed before the job came to it',
    fix: 'create the job again, or with conflicts: count, which leaves such documents as they are',
  },
  JOB_RESULT_TOO_LARGE: {
    status: 413,
    retry: 'never',
    message: 'the result of the job is larger than what is kept',
    fix: 'ask for fewer buckets, or split the query among several jobs',
  },
  JOB_INCOMPLETE: {
    status: 409,
    retry: 'never',
    message:
      'documents could not be copied: they do not fit the index, or it has something else under their keys; so it does not take the place of the other',
    fix: 'reindex into a new index, whose schema they fit; POST /v1/jobs without an alias copies the rest and swaps nothing',
  },
  JOB_INTO_IN_ALIAS: {
    status: 409,
    retry: 'never',
    message:
      'the alias stands for the index to copy into beside the one that is copied: searches would find each document twice',
    fix: 'copy into an index that the alias does not stand for, or take it out of the alias and create the job again',
  },
  JOB_ROUTINGS_MEET: {
    status: 409,
    retry: 'never',
    message:
      'two documents of one key that are apart by their routings come into one shard of the index that is copied into',
    fix: 'reindex into as many shards as the index has, or write one of the two under another key',
  },
  JOB_UNDER_WAY: {
    status: 409,
    retry: 'never',
    message:
      'another job is about to swap the same alias, to replace the same index, or to copy what this one would copy back',
    fix: 'look at it with GET /v1/jobs/{id}: wait until it has ended, or cancel it',
  },
  SOURCE_NOT_FOUND: {
    status: 404,
    retry: 'never',
    message: 'there is no such source',
    fix: 'see GET /v1/sources for what there is',
  },
  SOURCE_OF_OTHER_TOPIC: {
    status: 409,
    retry: 'never',
    message: 'the source reads another topic, and how far it has come is known of that',
    fix: 'give the source of this topic another name, or delete this one before: it then begins anew',
  },
  SOURCES_TOO_MANY: {
    status: 400,
    retry: 'never',
    message: 'there would be more sources than the limit',
    fix: 'delete some of them',
  },
  SOURCE_UNREACHABLE: {
    status: 503,
    retry: 'later',
    message: 'no broker of the source answers',
    fix: 'see that the brokers in detail run and that roots reach the addresses that they advertise; it is tried again by itself',
  },
  SOURCE_TOPIC_MISSING: {
    status: 404,
    retry: 'later',
    message: 'the brokers have no such topic',
    fix: 'create the topic, or delete the source; it goes on by itself',
  },
  SOURCE_TOPIC_REPLACED: {
    status: 409,
    retry: 'never',
    message: 'the topic is not the one that was read, so that offsets say nothing of it',
    fix: 'delete the source and create it again: it then begins with what the topic has now',
  },
  SOURCE_TOPIC_TRUNCATED: {
    status: 409,
    retry: 'never',
    message:
      'a partition of the topic ends before what was read of it: other messages come under those offsets, and would be left out',
    fix: 'delete the source and create it again, which reads what the topic has now; or resume it: it goes on at its offset, without what comes below that',
  },
  SOURCE_BATCH_REFUSED: {
    status: 409,
    retry: 'later',
    message: 'a batch of the topic takes more memory than one may once it is unpacked, or cannot be unpacked',
    fix: 'nothing of it is read, and it holds up its partition; have Kafka delete the records below next in detail (kafka-delete-records; where cleanup.policy of the topic is compact alone, set it to compact,delete for that long): the source goes on there, and counts them as missed. Have its producer send smaller batches',
  },
  SOURCE_PARTITIONS_TOO_MANY: {
    status: 400,
    retry: 'never',
    message: 'the topic has more partitions than a source can read',
    fix: 'copy the topic to one with fewer',
  },
  SOURCE_INDEX_UNFIT: {
    status: 409,
    retry: 'later',
    message: 'no message of the source could be a document of its index',
    fix: 'correct what detail names, in the source or in the index; nothing was read meanwhile, and it goes on by itself',
  },
  DEAD_LETTER_REFUSED: {
    status: 409,
    retry: 'later',
    message: 'the topic of dead letters does not take a message, and without it the source would lose it',
    fix: 'correct what detail names, such as max.message.bytes of that topic, or name another in the source; it goes on by itself',
  },
  INDEX_HELD: {
    status: 503,
    retry: 'later',
    message: 'the index is about to be replaced by its copy, and takes no writes for a moment',
    fix: 'send the request again, under the same name: it goes to the copy then. With the same Idempotency-Key it is done once, whatever became of the first try; without one, what is told as uncertain may be done twice',
  },
  JOBS_TOO_MANY: {
    status: 503,
    retry: 'later',
    message: 'there are as many jobs as there may be',
    fix: 'wait until one has ended, or cancel one',
  },
  SCALING: {
    status: 409,
    retry: 'later',
    message: 'the number of leaves is being changed already',
    fix: 'wait until that is done',
  },
  NOT_READY: { status: 503, retry: 'later', message: 'the process is starting or stopping', fix: 'retry' },
  INTERNAL: {
    status: 500,
    retry: 'elsewhere',
    message: 'something went wrong that should not have',
    fix: 'please report it with the telemetry of the process',
  },

  // Why a shard failed inside a query (seen in coverage)
  LEAF_UNREACHABLE: {
    status: 503,
    retry: 'elsewhere',
    message: 'the connection to the leaf failed',
    fix: 'check the leaf',
  },
  LEAF_MISNAMED: {
    status: 500,
    retry: 'never',
    message: 'the leaf at this address has another name than the one it is listed under',
    fix: 'correct the list of leaves, or the name of the leaf',
  },
  LEAF_NAME_TAKEN: {
    status: 500,
    retry: 'never',
    message: 'another leaf has this name already, and is used; this one is not',
    fix: 'give each leaf a name of its own',
  },
  LEAF_FOREIGN: {
    status: 500,
    retry: 'never',
    message: 'the data of the leaf is of another log than that of this root; the leaf is not used',
    fix: 'give the leaf the data folder it had, or an empty one, or the root and the leaf the same log',
  },
  LEAF_TIMEOUT: {
    status: 503,
    retry: 'later',
    message: 'the leaf did not answer before the deadline',
    fix: 'check the leaf, or raise timeout',
  },
  OVERLOADED: {
    status: 429,
    retry: 'later',
    message: 'the cluster has more to do than it can answer in time',
    fix: 'wait as long as Retry-After says, ask less, or add leaves',
  },
  REPLICAS_BEHIND: {
    status: 429,
    retry: 'later',
    message: 'the replicas of a shard are too far behind to take more writes',
    fix: 'wait as long as Retry-After says and send more slowly; GET /v1/cluster says which replicas lag',
  },
  LEAF_BUSY: { status: 503, retry: 'elsewhere', message: 'the queue of the leaf is full', fix: 'retry, or add leaves' },
  SHARD_NOT_HERE: {
    status: 503,
    retry: 'elsewhere',
    message: 'the leaf has no ready replica of the shard',
    fix: 'retry; shards are moving',
  },
  COPY_EXPIRED: {
    status: 404,
    retry: 'later',
    message: 'the files are not held for a copy any more, or never were',
    fix: 'ask for the list of files again, and copy those',
  },
  SHARD_UNASSIGNED: {
    status: 503,
    retry: 'later',
    message: 'no leaf that can be reached has a ready replica of the shard',
    fix: 'check the leaves with sheaf cluster',
  },
  NOT_CAUGHT_UP: {
    status: 503,
    retry: 'elsewhere',
    message: 'the replica had not reached the offset of the token in time',
    fix: 'retry, or raise timeout',
  },
  REPLICA_STALE: {
    status: 503,
    retry: 'elsewhere',
    message: 'the replica is further behind the log than coverage.maxLag allows, or how far is not known',
    fix: 'see coverage.freshness and GET /v1/cluster for what lags; retry, raise coverage.maxLag, or leave it out',
  },
  COUNTS_STALE: {
    status: 503,
    retry: 'later',
    message: 'the shard has another state than the counts that scores were to be computed from',
    fix: 'none needed: the root counts anew within the same search',
  },
  PIN_GONE: {
    status: 410,
    retry: 'elsewhere',
    message:
      'the pinned state is not kept any more: it was not used for longer than pinKeepMs, or the leaf that kept it has ended',
    fix: 'begin again with "at": true, and ask for each page within pinKeepMs of the one before',
  },
  PINS_TOO_MANY: {
    status: 429,
    retry: 'elsewhere',
    message: 'the leaf keeps as many pinned states as it may',
    fix: 'wait until some are not used any more, or raise pinsMax',
  },
  PARTIAL_TOO_LARGE: {
    status: 400,
    retry: 'never',
    message: 'the partial answer of a leaf is larger than the limit',
    fix: 'ask for fewer hits or leave out large fields with _source',
  },
  SEGMENT_CORRUPT: {
    status: 503,
    retry: 'elsewhere',
    message: 'a segment failed its checksum',
    fix: 'the leaf rebuilds the replica from the log',
  },
  SEGMENT_VERSION_UNKNOWN: {
    status: 503,
    retry: 'elsewhere',
    message: 'the files of the replica were written by a newer version of Sheaf; they are kept, and not used',
    fix: 'run the version that wrote them, or remove the folder of the replica: it is filled again from the log',
  },

  // Between processes
  PEER_UNPROVEN: {
    status: 401,
    retry: 'never',
    message: 'who asks has not proved that it is a process of the cluster',
    fix: 'give it the secret of the cluster with --secret-file; searches and writes are asked of a root',
  },
  SECRET_WRONG: {
    status: 503,
    retry: 'later',
    message: 'this process and another of the cluster have not the same secret, or one of them has none',
    fix: 'give both the same with --secret-file',
  },
  SECRET_UNREADABLE: {
    status: 500,
    retry: 'never',
    message: 'the secret file cannot be read, or holds no secret',
    fix: 'write one or two lines of at least 32 characters into it, the newer first, as from: openssl rand -hex 32',
  },
  FRAME_INVALID: {
    status: 400,
    retry: 'never',
    message: 'the peer sent bytes that are no valid frame',
    fix: 'run the same version of Sheaf everywhere',
  },
  PROTOCOL_MISMATCH: {
    status: 426,
    retry: 'never',
    message: 'the peer speaks another version of the protocol',
    fix: 'run the same version of Sheaf everywhere',
  },

  // Starting a process
  CONFIG_INVALID: {
    status: 500,
    retry: 'never',
    message: 'the configuration is not valid',
    fix: 'correct every fault listed; see docs/configuration.md',
  },
  PORT_IN_USE: {
    status: 500,
    retry: 'never',
    message: 'the port is in use',
    fix: 'stop the other process or choose another port',
  },
  DATA_NOT_WRITABLE: {
    status: 500,
    retry: 'never',
    message: 'the data folder is not writable',
    fix: 'choose another folder or change its permissions',
  },
  STORAGE_UNAVAILABLE: {
    status: 503,
    retry: 'later',
    message: 'the object storage does not answer; what was asked of it may or may not have happened',
    fix: 'look at the service or the file system named in detail; it is asked again by itself',
  },
  STORAGE_REFUSED: {
    status: 503,
    retry: 'later',
    message: 'the object storage refuses what was asked of it',
    fix: 'check that the bucket or folder is there, and that the credentials may read, write, list and delete in it',
  },
  STORAGE_NOT_CONFIGURED: {
    status: 500,
    retry: 'never',
    message: 'what is needed to reach the object storage is not set',
    fix: 'set the variable named in detail: the names are those that the tools of Amazon read',
  },
  STORAGE_UNSAFE: {
    status: 500,
    retry: 'never',
    message: 'the object storage does not keep conditional writes: two writers could replace the same object',
    fix: 'use a service that refuses a PUT with If-Match or If-None-Match where it does not match',
  },
  STORAGE_CONFLICT: {
    status: 409,
    retry: 'later',
    message: 'the object was replaced by another process meanwhile; nothing of this one was written',
    fix: 'read it again and decide anew',
  },
  STORAGE_FOREIGN: {
    status: 500,
    retry: 'never',
    message: 'what is at this place of the object storage is of another cluster; nothing is read or written there',
    fix: 'give each cluster a prefix or a folder of its own',
  },
  STORAGE_TAKEN_OVER: {
    status: 500,
    retry: 'never',
    message:
      'a copy of this cluster, with the same log, has claimed this place of the object storage; nothing is read or written there',
    fix: 'end the one that is not wanted; start this one with another place (--snapshots), and with --restore-from and this place to restore what is kept here',
  },
  STORAGE_CORRUPT: {
    status: 500,
    retry: 'never',
    message: 'an object in the object storage is not what its manifest says; it is not used',
    fix: 'restore it from a copy of the bucket, or have the shard stored anew: docs/snapshots.md tells how',
  },
  STORAGE_MISSING: {
    status: 500,
    retry: 'never',
    message: 'an object that a manifest names is not in the object storage',
    fix: 'look at who else deletes there, and have the shard stored anew: docs/snapshots.md tells how',
  },
  RESTORE_NOT_FOUND: {
    status: 404,
    retry: 'never',
    message: 'object storage has nothing of what is to be restored',
    fix: 'GET /v1/restores, or sheaf restore, lists what there is',
  },
  RESTORE_NEEDS_SNAPSHOT: {
    status: 409,
    retry: 'never',
    message:
      'what this cluster stored last goes on changing: an index of its own is restored from a snapshot that is kept',
    fix: 'say which with at: GET /v1/snapshots lists them, POST /v1/snapshots makes one',
  },
  RESTORE_SOURCE_UNKNOWN: {
    status: 503,
    retry: 'later',
    message: 'the index is restored from object storage that this process was not told of',
    fix: 'start roots and leaves with --restore-from and the place that it is restored from, until all of its shards are there',
  },
  RESTORE_SOURCE_CHANGED: {
    status: 409,
    retry: 'never',
    message: 'object storage has another state of the shard by now than the one that is to be restored',
    fix: 'a cluster that still writes there has gone on: delete the restored index, and restore a snapshot that is kept',
  },
  RESTORE_INCOMPLETE: {
    status: 409,
    retry: 'never',
    message:
      'object storage has no manifest of some shards of the index, and they had something: they would come back empty',
    fix: 'put the manifests back from a copy of the bucket; restore an index that had been restored itself from where that was; or go on without what these shards had: without in the request, sheaf restore INDEX --without SHARDS',
  },
  RESTORE_SHARD_UNKNOWN: {
    status: 400,
    retry: 'never',
    message: 'a shard is to be left out that the index does not have',
    fix: 'name only shards in without that the index has, counted from 0',
  },
  SNAPSHOTS_NOT_KEPT: {
    status: 501,
    retry: 'never',
    message: 'this root knows of no object storage: there are no snapshots',
    fix: 'start leaves and roots with --snapshots: see docs/snapshots.md',
  },
  SNAPSHOT_NAME_INVALID: {
    status: 400,
    retry: 'never',
    message: 'the name of a snapshot must be 1 to 100 of a-z, 0-9, - and _, and begin with a letter or digit',
    fix: 'choose another name',
  },
  SNAPSHOT_EXISTS: {
    status: 409,
    retry: 'never',
    message: 'there is a snapshot of this name already',
    fix: 'choose another name, or delete the one that is there: DELETE /v1/snapshots/{name}',
  },
  SNAPSHOT_NOT_FOUND: {
    status: 404,
    retry: 'never',
    message: 'there is no snapshot of this name that is whole',
    fix: 'GET /v1/snapshots lists those that there are',
  },
  SNAPSHOT_LATE: {
    status: 503,
    retry: 'later',
    message: 'not all shards were brought into object storage in time; the snapshot was not made',
    fix: 'look at the leaves of the shards in detail, whether they store (sheaf_leaf_stores_failed_total), and give more time',
  },
  SNAPSHOT_ABANDONED: {
    status: 503,
    retry: 'later',
    message: 'the root that made the snapshot is gone; the snapshot was not made',
    fix: 'make it again',
  },
  SNAPSHOTS_TOO_MANY: {
    status: 409,
    retry: 'never',
    message: 'no more snapshots can be kept',
    fix: 'delete some: DELETE /v1/snapshots/{name}',
  },
  DATA_CORRUPT: {
    status: 500,
    retry: 'never',
    message: 'the data folder is damaged',
    fix: 'restore it from a copy, or start with an empty one',
  },
  DATA_VERSION_UNKNOWN: {
    status: 500,
    retry: 'never',
    message: 'the data folder was written by another version of Sheaf',
    fix: 'run the version that wrote it, or choose another folder',
  },
  DATA_IN_USE: {
    status: 500,
    retry: 'never',
    message: 'the data folder is in use by another process',
    fix: 'stop that process or choose another folder',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorTable, value);
}

export interface ErrorOptions {
  /** Facts about this occurrence: the limit and the actual, the names allowed. Plain JSON. */
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Where in the request: a JSON pointer into the body, or the name of a URL parameter. */
  readonly at?: string;
  readonly cause?: unknown;
}

/** What a caller sees of an error, on the wire and over HTTP. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly at?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly fix: string;
}

/** An operating fault with a code of the table. Programmer faults are ordinary errors and crash. */
export class SheafError extends Error {
  readonly code: ErrorCode;
  readonly at: string | undefined;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, options: ErrorOptions = {}) {
    super(errorTable[code].message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SheafError';
    this.code = code;
    this.at = options.at;
    this.detail = options.detail ?? {};
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  toBody(): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      ...(this.at === undefined ? {} : { at: this.at }),
      ...(Object.keys(this.detail).length === 0 ? {} : { detail: this.detail }),
      fix: errorTable[this.code].fix,
    };
  }

  /** One line for a terminal: message, place, facts, way out. */
  toLine(): string {
    const place = this.at === undefined ? '' : ` at ${this.at}`;
    const facts = Object.keys(this.detail).length === 0 ? '' : ` ${JSON.stringify(this.detail)}`;
    return `${this.code}: ${this.message}${place}${facts}; ${errorTable[this.code].fix}`;
  }
}

/** The error as a SheafError: itself, or INTERNAL with it as cause. */
export function asSheafError(error: unknown): SheafError {
  if (error instanceof SheafError) return error;
  return new SheafError('INTERNAL', {
    detail: { reason: error instanceof Error ? error.message : String(error) },
    cause: error,
  });
}
