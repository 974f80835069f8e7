/** Returns the wanted name if it isn't taken, otherwise the name with a number appended. */
export function unusedName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let number = 1; taken.has(name); number++) name = `${wanted}_${number}`;
  return name;
}
