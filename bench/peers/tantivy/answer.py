"""Tantivy behind lines of JSON: a request a line on standard input, its answer a line on standard output.

build: {"texts": path, "deleteEvery": n}  one text a line, its words parted by spaces; two indexes in memory, the second
       without every n-th document -> {"version", "documents", "segments"}
ask:   {"queries": [{"kind", "terms"}], "k", "counted", "deleted", "shown"}  every query once, one thread
       -> {"cpuMs"} of the searches, and where they are to be shown "totals" and "hits", numbers of lines
"""
import json
import sys
import time

import tantivy
from tantivy import Occur, Query

builder = tantivy.SchemaBuilder()
builder.add_unsigned_field("at", stored=True, indexed=True)
builder.add_text_field("body", tokenizer_name="whitespace")
schema = builder.build()
indexes = {}


def build(texts, deleteEvery):
    for deleted in (False, True):
        index = tantivy.Index(schema)
        writer = index.writer(heap_size=500_000_000, num_threads=1)
        count = 0
        with open(texts, encoding="utf-8") as lines:
            for line in lines:
                document = tantivy.Document()
                document.add_unsigned("at", count)
                document.add_text("body", line.rstrip("\n"))
                writer.add_document(document)
                count += 1
        writer.commit()
        if deleted:
            for at in range(0, count, deleteEvery):
                writer.delete_documents_by_query(Query.term_query(schema, "at", at))
            writer.commit()
        writer.wait_merging_threads()
        index.reload()
        indexes[deleted] = index.searcher()
    return {
        "version": tantivy.__version__.split(",")[0].removeprefix("tantivy v"),
        "documents": [indexes[deleted].num_docs for deleted in (False, True)],
        "segments": [indexes[deleted].num_segments for deleted in (False, True)],
    }


def query_of(kind, terms):
    if kind == "phrase":
        return Query.phrase_query(schema, "body", terms)
    parts = [Query.term_query(schema, "body", term, "freq") for term in terms]
    if kind == "term":
        return parts[0]
    first, rest = {
        "and": (Occur.Must, Occur.Must),
        "or": (Occur.Should, Occur.Should),
        "must, should": (Occur.Must, Occur.Should),
        "negation": (Occur.Must, Occur.MustNot),
    }[kind]
    return Query.boolean_query([(rest if at else first, part) for at, part in enumerate(parts)])


def ask(queries, k, counted, deleted, shown):
    searcher = indexes[deleted]
    made = [query_of(query["kind"], query["terms"]) for query in queries]
    if k == 0:
        # There is no way to ask for a count alone; what is no hit needs no score.
        made = [Query.const_score_query(query, 1.0) for query in made]
    limit = max(1, k)
    results = [] if shown else None
    began = time.process_time_ns()
    for query in made:
        result = searcher.search(query, limit, counted)
        if shown:
            results.append(result)
    answer = {"cpuMs": (time.process_time_ns() - began) / 1e6}
    if shown:
        answer["totals"] = [result.count for result in results]
        answer["hits"] = [[searcher.doc(address)["at"][0] for _, address in result.hits] for result in results]
    return answer


for request in sys.stdin:
    (name, options), = json.loads(request).items()
    print(json.dumps({"build": build, "ask": ask}[name](**options)), flush=True)
