// Comments have at most 110 columns, as code has. `npm run check:docs` names those that are longer, and
// `node tooling/workspace/comment-columns.mjs [FOLDER ...]` wraps them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sources } from './documents.mjs';
import { root } from './pack.mjs';

const columns = 110;

/** A line of a comment: what stands before its words, and its words. */
function commentLine(line) {
  const [, start, words] = /^(\s*(?:\/\/|\*(?!\/))\s?)(.*)$/.exec(line) ?? [];
  return start === undefined ? undefined : { start, words };
}

/** Whether a line may take the words that the line before has no room for. */
function goesOn(line, start) {
  const next = line === undefined ? undefined : commentLine(line);
  return next?.start === start && /^[^\s@|`*#<-]/.test(next.words) && !/^\d+\. /.test(next.words);
}

const isTooLong = (line) => {
  const comment =
    commentLine(line) ?? (/^\s*\/\*\*.*\*\/$/.test(line) ? { start: '', words: line.trim() } : null);
  // An address or a row of a table can't be broken.
  return (
    line.length > columns && comment !== null && !/^\S*$/.test(comment.words) && !/^\|/.test(comment.words)
  );
};

/** Where comments of a text are too long, counted from 1. */
export const longComments = (text) =>
  text.split('\n').flatMap((line, index) => (isTooLong(line) ? [index + 1] : []));

/** The text with all of its comments wrapped. */
export function wrapped(text) {
  const lines = text.split('\n').flatMap((line) => {
    const [, indent, words] = /^(\s*)\/\*\* (.*) \*\/$/.exec(line) ?? [];
    return line.length > columns && words !== undefined
      ? [`${indent}/**`, `${indent} * ${words}`, `${indent} */`]
      : [line];
  });
  for (let index = 0; index < lines.length; index++) {
    if (!isTooLong(lines[index])) continue;
    const { start, words } = commentLine(lines[index]);
    const room = words.lastIndexOf(' ', columns - start.length);
    if (room <= 0) continue;
    const rest = words.slice(room + 1);
    lines[index] = start + words.slice(0, room);
    // The text of a tag, a list or a numbered point goes on as it does already, or two columns further in for
    // a list.
    const further = /^- /.test(words) ? '  ' : '';
    if (further === '' && goesOn(lines[index + 1], start)) {
      lines[index + 1] = `${start}${rest} ${commentLine(lines[index + 1]).words}`;
    } else {
      lines.splice(index + 1, 0, start + further + rest);
    }
  }
  return lines.join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folders = process.argv.slice(2);
  for (const { path, text } of sources()) {
    if (folders.length > 0 && !folders.some((folder) => path.startsWith(folder))) continue;
    if (longComments(text).length > 0) writeFileSync(join(root, path), wrapped(text));
  }
}
