import { markdownTable } from '@fuseinit/markdown';
import { plural } from './format-count.js';
import { claimWords, namesOf, type Student } from './students.js';
import type { Verdict } from './verdict.js';

/** Each claim over all students: in how many it holds, and by name those where it doesn't. */
export function tallySection(students: readonly Student[]): string {
  const claims = claimWords.flatMap((words) => {
    const tried = students.filter(({ verdicts }) => verdicts.has(words));
    return tried.length > 0 ? [{ words, tried }] : [];
  });
  const having = (tried: readonly Student[], words: string, verdict: Verdict) =>
    tried.filter(({ verdicts }) => verdicts.get(words) === verdict);
  return [
    'Claim by claim, what holds and what failed to:',
    markdownTable(
      ['claim', 'holds in', 'the other way round in', "can't be told in"],
      claims.map(({ words, tried }) => [
        words,
        `${having(tried, words, 'holds').length} of ${tried.length}`,
        namedCell(having(tried, words, 'reversed'), tried),
        namedCell(having(tried, words, 'open'), tried),
      ]),
    ),
    chanceWords(claims.reduce((sum, { tried }) => sum + tried.length, 0)),
  ].join('\n\n');
}

function namedCell(students: readonly Student[], of: readonly Student[]): string {
  if (students.length === 0) return '-';
  if (students.length === of.length && of.length > 1) return `all ${of.length}`;
  return `${students.length}: ${namesOf(students)}`;
}

/** So many intervals were looked at that some leave 0 out by luck. */
function chanceWords(intervals: number): string {
  return (
    `These are ${plural(intervals, 'interval')} of 95 %. If nothing made any difference, about ` +
    `${Math.round(intervals / 20)} of them would leave 0 out all the same; none is corrected for the others.`
  );
}
