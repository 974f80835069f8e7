/**
 * Makes a Markdown table whose columns line up. The first columns are flushed left, the others right. Cells
 * are Markdown: {@link plainText} escapes text that isn't.
 *
 * @param textColumns The number of columns that are flushed left. Default all.
 */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  textColumns = head.length,
): string {
  // A formatter makes the rule of a column at least three characters wide.
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells
      .map((cell, column) =>
        column < textColumns ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column < textColumns ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** Escapes text that Markdown would interpret, and puts it on one line. */
export function plainText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_[\]|]/g, '\\$&');
}
