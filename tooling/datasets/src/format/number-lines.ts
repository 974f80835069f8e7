import { invalid } from '../check/data-errors.js';

/**
 * Numbers between blanks, the same count a line: [lines, perLine], row-major.
 *
 * @throws DATA_FILE_INVALID for another count, or what is no number.
 */
export function readNumberLines(path: string, content: Buffer, perLine: number): Float64Array {
  const lines = content.toString('latin1').trimEnd().split('\n');
  const values = new Float64Array(lines.length * perLine);
  lines.forEach((line, index) => {
    const words = line.split(/\s+/).filter((word) => word !== '');
    if (words.length !== perLine) {
      throw invalid(path, `holds ${words.length} numbers in line ${index + 1}: ${perLine} were expected.`);
    }
    words.forEach((word, position) => {
      const value = Number(word);
      if (!Number.isFinite(value)) {
        throw invalid(path, `holds ${JSON.stringify(word)} in line ${index + 1}: a number was expected.`);
      }
      values[index * perLine + position] = value;
    });
  });
  return values;
}
