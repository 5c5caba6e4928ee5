/** Takes one word. `plain` says that it is ASCII in lower case, so that nothing about it has to change. */
export type WordSink = (word: string, start: number, end: number, plain: boolean) => void;

/** Hands out the words of a run of scripts without spaces. Returns whether dictionaries had a say. */
export type CutRun = (text: string, start: number, end: number, sink: WordSink) => boolean;
