/**
 * Suggests the name that was probably meant by one that isn't known, as a sentence to append to a message.
 *
 * @returns ` Did you mean "…"?`, or nothing if no known name is similar.
 */
export function didYouMean(unknown: string, known: Iterable<string>): string {
  const asked = unknown.toLowerCase();
  // Names that differ in more than two fifths of their letters are hardly misspellings of each other.
  let least = Math.floor(0.4 * asked.length) + 1;
  let meant: string | undefined;
  for (const name of known) {
    const distance = editDistance(asked, name.toLowerCase());
    if (distance >= least) continue;
    least = distance;
    meant = name;
  }
  return meant === undefined ? '' : ` Did you mean ${JSON.stringify(meant)}?`;
}

/** The maximum number of names that a message lists. */
const mostListed = 40;

/** Lists names for a message: all of them, or the first ones and the number of the others. */
export function listNames(names: Iterable<string>): string {
  const all = [...names];
  if (all.length <= mostListed) return all.join(', ');
  return `${all.slice(0, mostListed).join(', ')} and ${all.length - mostListed} more`;
}

/** The least number of letters to insert, delete or replace that makes one text the other. */
function editDistance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...one].entries()) {
    const current = [row + 1];
    for (let column = 1; column <= other.length; column += 1) {
      current.push(
        Math.min(
          above[column]! + 1,
          current[column - 1]! + 1,
          above[column - 1]! + (other[column - 1] === letter ? 0 : 1),
        ),
      );
    }
    above = current;
  }
  return above.at(-1)!;
}
