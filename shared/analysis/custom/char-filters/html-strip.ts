import { arrayOf, readNonEmptyString } from '../../../json/readers.ts';
import type { CharFilter, Edit, PartDefinition } from '../part.ts';

/** A comment or text that is none of the reader's begins, or a tag or an entity is there. Nothing goes on past the next `<`. */
const markup =
  /(<!--)|<\/?([A-Za-z][A-Za-z0-9:-]{0,63})(?:\s[^<>]*)?\/?>|<![^<>]*>|&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));/gu;

/** Elements whose contents are not shown. */
const hidden = ['script', 'style'];

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  copy: '©',
  reg: '®',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  bull: '•',
  euro: '€',
  pound: '£',
  yen: '¥',
  deg: '°',
  sect: '§',
  para: '¶',
  middot: '·',
  times: '×',
  shy: '\u00ad',
  szlig: 'ß',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  agrave: 'à',
  aacute: 'á',
  acirc: 'â',
  atilde: 'ã',
  aring: 'å',
  aelig: 'æ',
  ccedil: 'ç',
  egrave: 'è',
  eacute: 'é',
  ecirc: 'ê',
  euml: 'ë',
  igrave: 'ì',
  iacute: 'í',
  icirc: 'î',
  iuml: 'ï',
  ntilde: 'ñ',
  ograve: 'ò',
  oacute: 'ó',
  ocirc: 'ô',
  otilde: 'õ',
  oslash: 'ø',
  ugrave: 'ù',
  uacute: 'ú',
  ucirc: 'û',
  yacute: 'ý',
  Eacute: 'É',
  Aring: 'Å',
  Oslash: 'Ø',
  AElig: 'Æ',
};

/** Elements within a line: they part no words. */
const inline = new Set(
  'a abbr acronym b bdo big cite code dfn em font i img kbd mark q s samp small span strike strong sub sup tt u var'.split(
    ' ',
  ),
);

/** Leaves out the tags of HTML; entities become what they stand for. */
export const htmlStripFilter: PartDefinition<CharFilter> = {
  options: ['escaped_tags'],
  make(properties) {
    const kept = new Set(properties.optional('escaped_tags', arrayOf(readNonEmptyString, 100), []));
    return (text) => {
      const edits: Edit[] = [];
      const ends = new Ends(text);
      const pattern = new RegExp(markup);
      for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
        const [found, comment, tag] = match;
        const name = tag?.toLowerCase() ?? '';
        if (kept.has(name)) continue;
        const closing = comment !== undefined ? '-->' : hidden.includes(name) && found[1] !== '/' ? `</${name}>` : null;
        const end = closing === null ? pattern.lastIndex : ends.after(closing, pattern.lastIndex);
        const by = comment !== undefined || tag !== undefined ? (inline.has(name) ? '' : '\n') : entityOf(match);
        if (by !== undefined) edits.push({ start: match.index, end, by });
        pattern.lastIndex = end;
      }
      return edits;
    };
  },
};

/** Where things end; each is looked for from a place on once only where there is none. */
class Ends {
  private readonly text: string;
  private readonly lowered: string;
  private readonly missing = new Set<string>();

  constructor(text: string) {
    this.text = text;
    // What changes its length in lower case is not where tags are looked for then.
    const lowered = text.toLowerCase();
    this.lowered = lowered.length === text.length ? lowered : text;
  }

  /** The place after the next `closing`, or the end of the text. */
  after(closing: string, from: number): number {
    const at = this.missing.has(closing) ? -1 : this.lowered.indexOf(closing, from);
    if (at >= 0) return at + closing.length;
    this.missing.add(closing);
    return this.text.length;
  }
}

/** Undefined for a name that is not known: it stays. A declaration parts words. */
function entityOf([found, , , decimal, hex, name]: RegExpExecArray): string | undefined {
  if (decimal !== undefined) return character(Number(decimal));
  if (hex !== undefined) return character(parseInt(hex, 16));
  return name === undefined && found.startsWith('<') ? '\n' : entities[name ?? ''];
}

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}
