import assert from 'node:assert/strict';
import { test } from 'node:test';
import { termsOf } from './analyzer.ts';
import { analyzerOf } from './analyzers.ts';
import { languages, type LanguageName } from './languages.ts';

// Each row: a language, a text, its terms. Words that are forms of one another stand side by side.
const rows: [language: LanguageName, text: string, terms: string][] = [
  ['arabic', 'في الكتاب كتاب', 'كتاب كتاب'],
  ['armenian', 'և գրքերի', 'գրքերի'],
  ['basque', 'eta etxeak etxe', 'etxe etxe'],
  ['catalan', "l’home les cases cantava d'amor", 'hom case cant am'],
  ['czech', 've městech město', 'mest mest'],
  ['danish', 'i husene huset', 'hus hus'],
  ['dutch', 'de huizen boeken boek', 'huiz boek boek'],
  ['finnish', 'ja taloissa talossa', 'talo talo'],
  ['french', "l’avion d'avion qu’il aujourd’hui École", "avion avion aujourd'hui ecol"],
  ['german', 'die Häuser das Haus STRASSE Straßen', 'haus haus strass strass'],
  ['hungarian', 'a házakban és házak', 'haz haz'],
  ['irish', 'an bhfear fear', 'fear fear'],
  ['italian', "dell'arte l’arte le case", 'arte arte cas'],
  ['norwegian', 'i husene huset', 'hus hus'],
  ['portuguese', 'as casas e casa', 'cas cas'],
  ['romanian', 'şi caselor casele', 'cas cas'],
  ['russian', 'и книги книга важнейшими', 'книг книг важн'],
  ['slovene', 'in knjigami knjiga', 'knjig knjig'],
  ['spanish', 'los niños y niño', 'nin nin'],
  ['swedish', 'i böckerna böcker', 'bock bock'],
  ['tamil', 'ஒரு வீடுகளில் வீடு', 'வீடு வீடு'],
  ['turkish', "ve evler İstanbul'da IŞIK ışık", 'ev istanbul isik isik'],
];

for (const [language, text, terms] of rows) {
  test(`analyzerOf: ${language} of ${text}`, () => {
    assert.equal(termsOf(analyzerOf(language), text).join(' '), terms);
  });
}

test('languages: each has a row above, and is written with or without accents', () => {
  assert.deepEqual([...new Set(rows.map(([language]) => language))], Object.keys(languages));
  for (const [name, { stopWords }] of Object.entries(languages)) {
    const analyzer = analyzerOf(name as LanguageName);
    assert.deepEqual(termsOf(analyzer, stopWords), [], name);
  }
});
