import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './pack.mjs';

const list = (...patterns) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns], {
    cwd: root,
    encoding: 'utf8',
  })
    .trim()
    .split('\n')
    .filter(Boolean);

const read = (path) => ({ path, text: readFileSync(join(root, path), 'utf8') });

/** Every Markdown file that git doesn't ignore, as { path, text }; changesets aside. */
export const documents = () => list('*.md', ':!.changeset').map(read);

/** Every source file that git doesn't ignore, as { path, text }. */
export const sources = () => list('*.ts', '*.tsx', '*.mjs', '*.cjs', '*.py').map(read);

/** The line, counted from 1, on which a position of a text stands. */
export const lineAt = (text, position) => text.slice(0, position).split('\n').length;

/** The fenced code of a language, as { code, line }: `line` is that of its first line. */
export const fenced = ({ text }, language) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map((match) => ({
    code: match[1],
    line: lineAt(text, match.index) + 1,
  }));
