// Checks the documents against the code: their TypeScript compiles, their links and commands exist, the
// sections of docs/math.md that the code cites exist, docs/packages.md shows the packages as they are,
// docs/troubleshooting.md explains every code of an error, and every public export has a doc comment.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { longComments } from './comment-columns.mjs';
import { documents, lineAt, sources } from './documents.mjs';
import { housePageIsCurrent } from './house.mjs';
import { root } from './pack.mjs';
import { undocumentedExports } from './public-exports.mjs';
import { typecheckDocuments } from './typecheck-documents.mjs';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

function deadLinks({ path, text }) {
  return [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)/g)]
    .filter(([, target]) => !existsSync(join(root, normalize(join(dirname(path), target)))))
    .map((match) => `${path}:${lineAt(text, match.index)}: nothing at ${match[1]}`);
}

function unknownCommands({ path, text }) {
  return [...text.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(test)\b)/g)]
    .filter(([, run, test]) => !scripts[run ?? test])
    .map(
      (match) => `${path}:${lineAt(text, match.index)}: package.json has no script ${match[1] ?? match[2]}`,
    );
}

/**
 * Citations of docs/math.md whose section it doesn't have: "section 2", "sections 1 to 5", "The networks".
 */
function unknownSections(all) {
  const headings = [...readFileSync(join(root, 'docs/math.md'), 'utf8').matchAll(/^## (?:(\d+)\. )?(.*)$/gm)];
  const numbers = new Set(headings.flatMap(([, number]) => (number ? [Number(number)] : [])));
  const titles = new Set(headings.map(([, , title]) => title));
  return all.flatMap(({ path, text }) =>
    [...text.matchAll(/docs\/math\.md,\s+(?:\*\s+)?(?:sections? ([\d, andto]*\d)|"([^"]+)")/g)]
      .filter(([, cited, title]) =>
        title ? !titles.has(title) : cited.match(/\d+/g).some((number) => !numbers.has(Number(number))),
      )
      .map(
        (match) =>
          `${path}:${lineAt(text, match.index)}: docs/math.md has no section ${match[1] ?? match[2]}`,
      ),
  );
}

/** AssemblyScript, which the formatter can't read either. */
const unwrapped = /^packages\/linalg\/assembly\//;

function tooLongComments({ path, text }) {
  if (unwrapped.test(path)) return [];
  return longComments(text).map(
    (line) =>
      `${path}:${line}: a comment of more than 110 columns, which node tooling/workspace/comment-columns.mjs wraps`,
  );
}

/**
 * Codes of errors that docs/troubleshooting.md doesn't explain, and those that it explains and aren't there.
 */
function codesWithoutAdvice() {
  const page = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8');
  const explained = new Set([...page.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code));
  const codes = new Set(['UNEXPECTED']);
  for (const { text } of sources()) {
    for (const [, body] of text.matchAll(/interface FuseInitErrorCodes \{([\s\S]*?)\n *\}/g))
      for (const [, code] of body.matchAll(/^ *([A-Z_]+): true;/gm)) codes.add(code);
    for (const [, body] of text.matchAll(/type CliErrorCode =([^;]*);/g))
      for (const [, code] of body.matchAll(/'([A-Z_]+)'/g)) codes.add(code);
  }
  return [
    ...[...codes].filter((code) => !explained.has(code)).map((code) => `${code} isn't explained`),
    ...[...explained].filter((code) => !codes.has(code)).map((code) => `${code} is no code of an error`),
  ].map((problem) => `docs/troubleshooting.md: ${problem}`);
}

const all = documents();
const { count, problems } = typecheckDocuments();
problems.push(...all.flatMap(deadLinks), ...all.flatMap(unknownCommands), ...unknownSections(sources()));
problems.push(...sources().flatMap(tooLongComments));
problems.push(...undocumentedExports(), ...codesWithoutAdvice());
if (!housePageIsCurrent()) problems.push('docs/packages.md is out of date: npm run docs:house writes it');
for (const problem of problems) console.error(problem);
console.log(`${all.length} documents, ${count} blocks of TypeScript, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
