/** Every fixed limit, by name. What an operator may change is in the config table instead. */
export const limits = {
  /** Bytes of UTF-8 in a document key. */
  keyBytesMax: 512,
  /** Bytes of the key of a row of a roll-up: the values of its dimensions as JSON. */
  rowKeyBytesMax: 4096,
  /** Characters of an index name. */
  indexNameLengthMax: 100,
  /** Aliases of a cluster. Every reader of the catalog has to agree on it, and on the next two: a change is a new version of the entries. */
  aliasesMax: 10_000,
  /** Indexes of one alias. */
  aliasIndexesMax: 1000,
  /** Actions of one request that changes aliases. */
  aliasActionsMax: 1000,
  /** Bytes of JSON of the filter of an alias. */
  aliasFilterBytesMax: 16_384,
  /** Templates of a cluster. Every reader of the catalog has to agree on it, and on the next two, as on those of aliases. */
  templatesMax: 500,
  /** Sources of a cluster. Every reader of the catalog has to agree on it. */
  sourcesMax: 100,
  /** Brokers that one source names. */
  sourceBrokersMax: 32,
  /** Partitions of the topic of one source. */
  sourcePartitionsMax: 1000,
  /** So often a message may be replayed from the topic of dead letters. */
  sourceReplaysMax: 16,
  /** Sources that are known, of which those that were deleted a moment ago. Every reader has to agree on it. */
  sourcesKnownMax: 1000,
  /** Patterns of one template. */
  patternsMax: 10,
  /** Aliases of one template. */
  templateAliasesMax: 10,
  /** The highest priority of a template. */
  templatePriorityMax: 1_000_000,
  /** What a policy can ask for at most, in documents, bytes and milliseconds (ten years). */
  rolloverDocumentsMax: 1_000_000_000_000,
  rolloverBytesMax: 1_000_000_000_000_000,
  rolloverAgeMsMax: 10 * 366 * 86_400_000,
  /** Milliseconds of the age at which an alias rolls or an index is deleted, at least. */
  rolloverAgeMsMin: 1000,
  /** Indexes of one search, however it names them. */
  searchIndexesMax: 1000,
  /** from + size, times the indexes of one search: so many hits may come together at a root. */
  searchIndexesHitsMax: 100_000,
  /** Characters of the token of an answer about several indexes: beyond, clients would not read the header, and it is left out. */
  tokenLengthMax: 8192,
  /** Shards of one index. */
  shardsMax: 1024,
  /** Replicas of one shard. */
  replicasMax: 16,
  /** Fields of one schema, sub-fields included. */
  fieldsMax: 1000,
  /** Dimensions and metrics of one roll-up: each increment has a number for each. */
  rollupFieldsMax: 64,
  /** Characters of a dotted field path. */
  fieldPathLengthMax: 200,
  /** Levels of objects and arrays in a document. */
  documentDepthMax: 32,
  /** Positions of the log's partitions that one beat tells a root; what has changed beside them comes with the next. */
  headsToldMax: 10_000,
  /** Characters of an Idempotency-Key. */
  idempotencyKeyLengthMax: 255,
  /** Bytes of a body of counters: it is read on the thread that answers searches. More goes to the documents of the index. */
  counterBodyBytesMax: 65_536,
  /** Bytes of a body under an Idempotency-Key: it is one append, recorded whole or not at all. */
  keyedBodyBytesMax: 16 * 1024 * 1024,
  /**
   * Levels of objects and arrays in the JSON of a search, an index or counters. The deepest query and aggregations that are
   * read have about 200.
   */
  bodyDepthMax: 512,
  /** Objects, arrays and names in one such JSON: as many clauses and aggregations as are read have about 13,000. */
  bodyPartsMax: 16_384,
  /** Values of such a JSON, members of objects included: two of the longest lists, and what stands beside them. */
  bodyValuesMax: 140_000,
  /** Names in one object of it: all fields of a schema, all clauses of a query. */
  bodyObjectNamesMax: 1024,
  /** Bytes of one document's JSON. */
  documentBytesMax: 16 * 1024 * 1024,
  /** UTF-8 bytes of one keyword value or token; longer keyword values are rejected, longer tokens of a text are cut into pieces of this size. */
  termBytesMax: 8191,
  /** Characters of the JSON of an analyzer that is put together of parts, and its filters of each kind. */
  analyzerLengthMax: 65_536,
  analyzerPartsMax: 20,
  /** Words or mappings in one list of a part. */
  analyzerWordsMax: 10_000,
  /** Characters that a mapping replaces. */
  mappedLengthMax: 64,
  /** Characters of a piece that is a term of its own, and different lengths of such pieces. */
  gramLengthMax: 64,
  gramLengthsMax: 8,
  /** Neighbours that are one term. */
  shingleSizeMax: 4,
  /** Words of one synonym. */
  synonymWordsMax: 8,
  /** Parts of a path that are terms. */
  pathPartsMax: 128,
  /** Characters (UTF-16 units) of a text whose tokens are to be shown. */
  analyzedLengthMax: 65_536,
  /** from + size of a search that explains its hits. */
  explainedHitsMax: 100,
  /** Bytes of a document beyond which nothing of it is highlighted: it is parsed at once, about 4 ms for so many. */
  highlightedSourceBytesMax: 512 * 1024,
  /** Characters (UTF-16 units) of a field of a document that highlighting looks at. */
  highlightedLengthMax: 65_536,
  /** Fields of one highlight. */
  highlightedFieldsMax: 20,
  /** from + size of a search that highlights. */
  highlightedHitsMax: 1000,
  /** Characters of a fragment. */
  fragmentSizeMax: 10_000,
  /** Fragments of a field. */
  fragmentsMax: 100,
  /** Characters of the text put before or after what matched. */
  highlightTagLengthMax: 100,
  /** Bytes of segments that a leaf holds only for the sake of pinned states. */
  pinnedBytesMax: 512 * 1024 * 1024,
  /** Rounds of an aggregation, the first among them. */
  aggregationRoundsMax: 4,
  /** Bytes of the terms that one task of a later round asks for. */
  roundKeysBytesMax: 4 * 1024 * 1024,
  /** Milliseconds for which a leaf keeps a state that another round of a query may ask for, after it was last used. */
  heldMs: 5000,
  /** States of shards that a leaf keeps so, and bytes of segments that it holds only for their sake. */
  heldMax: 512,
  heldBytesMax: 256 * 1024 * 1024,
  /** from + size. */
  resultWindowMax: 10_000,
  /** Terms of one phrase. */
  phraseTermsMax: 128,
  /** Places of all terms of a phrase in one document that are looked at, an equal share of each: further ones are left out. */
  phrasePlacesMax: 262_144,
  /** How far apart the terms of a phrase may be: less than the values of an array are. */
  slopMax: 99,
  /** Characters (UTF-16 units) of a wildcard pattern, a regular expression or a fuzzy word. */
  patternLengthMax: 256,
  /** Fields of one multi_match. */
  queryFieldsMax: 100,
  /** What a score can be multiplied with. */
  boostMax: 1_000_000,
  /** Levels of clauses that hold others, of parentheses, and of what nests in a regular expression. */
  queryDepthMax: 32,
  /** Leaf clauses of one query after analysis, values of terms and ids not counted. */
  queryClausesMax: 1024,
  /**
   * Characters (UTF-16 units) of all texts of one query that are analysed, each counted for every field it is looked for in,
   * and of a query string. Letters beyond ASCII take a tenth of a microsecond each.
   */
  queryTextLengthMax: 65_536,
  /** Values in one terms or ids clause. */
  queryValuesMax: 65_536,
  /** Sort keys of one search. */
  sortKeysMax: 8,
  /** Levels of nested aggregations. */
  aggregationDepthMax: 5,
  /** Aggregations of one search, nested ones included. */
  aggregationsMax: 100,
  /** Percentages of one percentiles aggregation, values of one of percentile_ranks. */
  percentilesMax: 1000,
  /** from + size of one top_hits aggregation, as Elasticsearch has it. */
  topHitsMax: 100,
  /** Hits in buckets that a leaf sends of one terms aggregation where nothing says how many buckets it sends, about. */
  topHitsSentDefault: 1000,
  /** Documents that one top_metrics aggregation tells of in a bucket. */
  topMetricsSizeMax: 100,
  /** Fields of each. */
  topMetricsFieldsMax: 100,
  /** Buckets of one answer, over all its aggregations. */
  bucketsMax: 65_536,
  /**
   * Buckets and metrics of buckets one task may collect on a leaf, over all levels. Each takes up to 64 bytes, a term up
   * to 100 more, so that a task stays within about 200 MB.
   */
  bucketsCollectedMax: 1_000_000,
  /**
   * Values and buckets of one document that the aggregations of a task look at, over all levels: nothing else goes on meanwhile, about
   * a tenth of a second.
   */
  documentWorkMax: 16 * 1024 * 1024,
  /**
   * Bytes of the aggregations that one leaf sends for one task: half a frame. Terms aggregations are cut so that all of them together
   * send about `bucketsMax` buckets; this bounds what their sizes, histograms and what is in buckets ask beyond that.
   */
  partialBytesMax: 32 * 1024 * 1024,
  /** Bytes of the aggregations that leaves sent for one answer, which a root holds until it is made. */
  gatheredBytesMax: 256 * 1024 * 1024,
  /** Bytes of the JSON of all aggregations of one answer. */
  answerBytesMax: 64 * 1024 * 1024,
  /** Ranges of one aggregation. */
  rangesMax: 1000,
  /** Buckets one leaf sends of one terms aggregation at most, unless shard_size says otherwise. */
  termsShardSizeDefault: 10_000,
  /** Bytes of numbers, and as many of hashes, that a leaf keeps for terms, so that no aggregation need read those of each segment. */
  termCacheBytesMax: 64 * 1024 * 1024,
  /** Parts that the terms of an aggregation can be taken in. */
  termPartitionsMax: 1_000_000,
  /** Fields of one multi_terms aggregation, and sources of one composite. */
  keyPartsMax: 16,
  /** Keys of several values that one document may have: its values of each field, multiplied. */
  keysOfDocumentMax: 4096,
  /**
   * Steps of all pipelines of one answer: nodes of expressions evaluated, numbers of windows read, and 16 for a result in a
   * bucket. They are taken on the thread that answers everybody, some hundredths of a microsecond each.
   */
  pipelineStepsMax: 5_000_000,
  /** Characters (UTF-16 units) of an expression. */
  expressionLengthMax: 1000,
  /** Levels of parentheses, signs and arguments in an expression. */
  expressionDepthMax: 32,
  /** Bytes of all rows of one shard of a roll-up, as they are exported: one frame. */
  rowsBytesMax: 48 * 1024 * 1024,
  /** The last log offset that is an ordinal of a term index: they have 32 bits. */
  termOrdinalMax: 0xffff_ffff,
  /** Postings with frequencies that one task of a term index may answer: what is scored travels to the root. */
  termPostingsMax: 8 * 1024 * 1024,
  /** Bytes of one frame between processes. */
  frameBytesMax: 64 * 1024 * 1024,
  /** Levels of the query, the aggregations or the set expression of a task; clauses of a caller become a few each. */
  taskDepthMax: 256,
  /** Characters of the group of a task. */
  taskGroupLengthMax: 64,
  /** Characters of the traceparent of a task: 55 as it is today, and more in versions to come. */
  traceparentLengthMax: 256,
  /** Bytes kept for a peer that reads late, those of the last turn not counted; then the connection ends. Four of the largest frames. */
  unreadBytesMax: 256 * 1024 * 1024,
  /** Bytes kept for a peer that takes nothing for ten seconds; then the connection ends. */
  unreadLongBytesMax: 16 * 1024 * 1024,
  /** Later tombstones of the partition after which one is forgotten. */
  tombstonesMax: 100_000,
  /** Offsets of the log after which a tombstone is forgotten, where that is sooner. */
  tombstoneOffsetsMax: 1_000_000,
  /** Conditional entries of one partition whose outcomes a replica remembers: the last. */
  outcomesMax: 100_000,
  /** Lines of one body that are judged: the outcome of each is asked for and told. */
  judgedLinesMax: 10_000,
  /** Characters of the name of a lease. */
  leaseNameLengthMax: 200,
  /** Characters of the name of a holder of leases. */
  leaseHolderLengthMax: 200,
  /** Milliseconds for which a lease lasts without a renewal. Below, a busy thread would lose it again and again. */
  leaseTtlMsMin: 100,
  leaseTtlMsMax: 3_600_000,
  /** Leases at one time. Every reader has to agree on it: a change is a new version of the entries. */
  leasesMax: 10_000,
  /** Leases renewed, released or ended by one entry. */
  leasesPerEntryMax: 1000,
  /** Jobs that are known, those that have ended among them. Every reader has to agree on it, as on the next. */
  jobsMax: 1000,
  /** Jobs that have not ended. */
  jobsUnendedMax: 64,
  /** Bytes of the body that asks for a job: it is kept with the job. */
  jobBodyBytesMax: 65_536,
  /** Bytes of the result of a job as JSON. */
  jobResultBytesMax: 1024 * 1024,
  /** Of the results that are kept, together: they stand in one entry with all jobs. */
  jobResultsBytesMax: 8 * 1024 * 1024,
  /**
   * Offsets that are left out where an index is restored: more than a partition is written to between its last snapshot and the loss, so
   * that none of them is given twice. Not more, as the distance is stored with documents of both sides in as many bits.
   */
  restoreGap: 0x100_0000,
  /** And so many more at most, drawn at random: the same state may be restored twice. Below 2^32 with the gap, where distances are stored twice as wide. */
  restoreSpread: 0x4000_0000,
  /** Snapshots that are kept in object storage, those that failed among them: their table is one object. */
  keptSnapshotsMax: 1000,
  /** Characters of the name of a snapshot. */
  snapshotNameLengthMax: 100,
  /** Milliseconds in which all shards must have been brought into object storage, where the caller says no other. */
  snapshotTimeoutMs: 600_000,
  snapshotTimeoutMsMax: 86_400_000,
  /** Batches that were skipped which a replica remembers and tells: the last ones. */
  skippedToldMax: 100,
  /** Fields of whose values a replica tells how many and between what they are. */
  columnsToldMax: 64,
  /** Documents that a job names of those that it could not change. */
  jobRefusalsMax: 10,
  /** Documents that a job changes in a second, where it says so: the fewest, and the most. */
  jobDocsPerSecondMin: 0.001,
  jobDocsPerSecondMax: 1_000_000,
  /** Documents of one answer to a scan. */
  scanDocumentsMax: 1000,
  /** Bytes of the sources of one answer to a scan that has more than one document. */
  scanBytesMax: 4 * 1024 * 1024,
  /** Rejected lines listed in the answer to a bulk; the rest is counted. */
  rejectedListedMax: 1000,
} as const;
