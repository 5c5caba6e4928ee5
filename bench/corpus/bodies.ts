/** Documents as bodies of bulk requests, made before a clock starts. Pure. */
export interface Body {
  readonly bytes: Buffer;
  readonly documents: number;
}

/** NDJSON in bodies of at least `sizeBytes` each, the last one excepted. */
export function makeBodies(documents: Iterable<unknown>, sizeBytes: number): Body[] {
  const bodies: Body[] = [];
  let lines: Buffer[] = [];
  let length = 0;
  const take = (): void => {
    if (lines.length > 0) bodies.push({ bytes: Buffer.concat(lines), documents: lines.length });
    lines = [];
    length = 0;
  };
  for (const document of documents) {
    const line = Buffer.from(`${JSON.stringify(document)}\n`);
    lines.push(line);
    length += line.length;
    if (length >= sizeBytes) take();
  }
  take();
  return bodies;
}
