import { dirname, join } from 'node:path';
import ts from 'typescript';
import { documents, fenced } from './documents.mjs';
import { root } from './pack.mjs';

const options = {
  ...ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile).config,
    ts.sys,
    root,
  ).options,
  noEmit: true,
  composite: false,
  declaration: false,
  declarationMap: false,
  // A block shows what it needs, used or not.
  noUnusedLocals: false,
  types: ['node'],
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  paths: {
    '@fuseinit/*/testing': ['./packages/*/src/testing/index.ts'],
    '@fuseinit/*': ['./packages/*/src/index.ts'],
    '@tensorflow/*': ['./packages/tfjs/node_modules/@tensorflow/*/dist/index.d.ts'],
  },
};

/** Everything that TypeScript has against a `ts` block of the documents, as `file:line: message`. */
export function typecheckDocuments() {
  const blocks = new Map();
  for (const document of documents()) {
    for (const block of fenced(document, 'ts')) {
      // Beside the document, under a name that no file has; modules, for their top-level await.
      blocks.set(join(root, dirname(document.path), `block-${blocks.size}.mts`), {
        ...block,
        path: document.path,
      });
    }
  }
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => blocks.has(path) || fileExists(path);
  host.readFile = (path) => blocks.get(path)?.code ?? readFile(path);
  host.getSourceFile = (path, ...rest) =>
    blocks.has(path)
      ? ts.createSourceFile(path, blocks.get(path).code, {
          languageVersion: options.target,
          impliedNodeFormat: ts.ModuleKind.ESNext,
        })
      : getSourceFile.call(host, path, ...rest);
  const program = ts.createProgram([...blocks.keys()], options, host);
  const problems = [...blocks].flatMap(([name, { path, line }]) => {
    const file = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      (found) => {
        const at = line + file.getLineAndCharacterOfPosition(found.start ?? 0).line;
        return `${path}:${at}: ${ts.flattenDiagnosticMessageText(found.messageText, ' ')}`;
      },
    );
  });
  return { count: blocks.size, problems };
}
