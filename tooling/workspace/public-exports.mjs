// Finds the exports of packages without a doc comment, by syntax alone: a whole type check would take a
// minute.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { root } from './pack.mjs';

const packages = join(root, 'packages');
const parsed = new Map();

function parse(path) {
  if (!parsed.has(path)) {
    parsed.set(path, ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true));
  }
  return parsed.get(path);
}

/** The source files of a package's entries, such as `src/index.ts` for `dist/index.js`. */
function entriesOf(name) {
  const { exports = {} } = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'));
  return Object.values(exports)
    .map((entry) => entry.types)
    .filter((types) => types !== undefined)
    .map((types) => join(packages, name, types.replace('/dist/', '/src/').replace(/\.d\.ts$/, '.ts')));
}

const isExported = (statement) =>
  ts.canHaveModifiers(statement) &&
  ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

const namesOf = (statement) =>
  ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.map(({ name }) => name.getText())
    : [statement.name?.getText()];

/** The statements that declare a name in a file, or in the file that it is exported from again. */
function declarationsOf(path, name) {
  const file = parse(path);
  const own = file.statements.filter(
    (statement) => isExported(statement) && namesOf(statement).includes(name),
  );
  if (own.length > 0) return own;
  return reExports(path)
    .filter((again) => again.name === name)
    .flatMap(({ from, original }) => declarationsOf(from, original));
}

/** What a file exports from others in this package: `{ name, original, from }`. */
function reExports(path) {
  return parse(path).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier?.text.startsWith('.')) return [];
    const from = join(dirname(path), statement.moduleSpecifier.text.replace(/\.js$/, '.ts'));
    return statement.exportClause.elements.map((element) => ({
      name: element.name.text,
      original: (element.propertyName ?? element.name).text,
      from,
    }));
  });
}

const isDocumented = (statement) => (statement.jsDoc ?? []).length > 0;

/** A line for each public export without a doc comment. */
export function undocumentedExports() {
  const problems = readdirSync(packages).flatMap((name) =>
    entriesOf(name).flatMap((entry) => {
      const declared = parse(entry).statements.filter(isExported).flatMap(namesOf);
      const names = [...declared, ...reExports(entry).map((again) => again.name)];
      return names.flatMap((exported) => {
        const declarations = declarationsOf(entry, exported);
        if (declarations.length === 0 || declarations.some(isDocumented)) return [];
        const file = declarations[0].getSourceFile();
        const { line } = file.getLineAndCharacterOfPosition(declarations[0].getStart());
        return [
          `${relative(root, file.fileName)}:${line + 1}: ${exported}, an export of @fuseinit/${name}, has no doc comment`,
        ];
      });
    }),
  );
  return [...new Set(problems)];
}
