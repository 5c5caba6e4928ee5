import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyzerOf, type AnalyzerName } from '../../shared/analysis/analyzers.ts';
import { marksIn } from './marks.ts';

// Each row: an analyzer, a sentence of a script without spaces between words, words that are to be found in it.
const rows: [analyzer: AnalyzerName, sentence: string, words: string][] = [
  ['standard', '登录模块需要重新测试', '登录 模块 需要 测试'],
  ['standard', '支付页面很慢', '支付 页面'],
  ['standard', '我在北京大学学习计算机科学', '北京 大学 北京大学 学习 计算机 科学'],
  ['standard', '中华人民共和国成立了', '中华 人民 共和国 中华人民共和国 成立'],
  ['standard', '人工智能技术的发展', '人工 智能 人工智能 技术 发展'],
  ['standard', '全文搜索引擎', '全文 搜索 引擎 搜索引擎'],
  ['standard', '東京都に住んでいます', '東京 東京都'],
  ['standard', '私は学校で日本語を勉強します', '私 学校 日本語 日本 勉強'],
  ['standard', 'データベースを検索する', 'データベース 検索'],
  ['standard', '東京タワーへ行きました', '東京 タワー 東京タワー'],
  ['standard', 'ｻｰﾊﾞｰを再起動する', 'サーバー ｻｰﾊﾞｰ 起動'],
  ['standard', 'すもももももももものうち', 'すもも うち'],
  ['standard', '서울에서 친구를 만났습니다', '서울 친구'],
  ['standard', '저는 한국어를 공부합니다', '한국어 한국 공부'],
  ['standard', '데이터베이스를 검색하는 방법', '데이터베이스 데이터 검색 방법'],
  ['standard', 'ฉันรักภาษาไทยมาก', 'รัก ภาษา ไทย ภาษาไทย'],
  ['standard', 'วันนี้อากาศร้อนมาก', 'วันนี้ อากาศ ร้อน'],
  ['standard', 'ຂ້ອຍຮັກພາສາລາວ', 'ຮັກ ພາສາ ລາວ'],
  ['standard', 'ខ្ញុំស្រលាញ់ភាសាខ្មែរ', 'ស្រលាញ់'],
  ['standard', 'ကျွန်တော်မြန်မာစကားပြောတယ်', 'မြန်မာ'],
];

for (const [name, sentence, words] of rows) {
  for (const word of words.split(' ')) {
    test(`marksIn: ${name} finds and marks ${word} in ${sentence}`, () => {
      const analyzer = analyzerOf(name);
      const slots: Set<string>[] = [];
      const places: number[] = [];
      analyzer.analyze(word, (term, position) => {
        slots.push(new Set([term]));
        places.push(position);
      });
      const [first] = slots;
      const isWanted = slots.length === 1 ? (term: string) => first!.has(term) : () => false;
      const phrases = slots.length === 1 ? [] : [{ slots, places, slop: 0 }];
      const marks = marksIn(sentence, analyzer, { isWanted, phrases });
      assert.ok(marks.length > 0, 'it is not found');
      // Half width is what it stands for in full width.
      assert.equal(sentence.slice(marks[0]!.start, marks.at(-1)!.end).normalize('NFKC'), word.normalize('NFKC'));
    });
  }
}
