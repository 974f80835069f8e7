// Mutation testing: StrykerJS changes the code of a package in small ways, one at a time, and tells which
// changes no test of that package notices. `npm run mutation -- core` mutates all of core, `npm run mutation
// -- core solve geometry` these folders of its src only, and runs the tests of these folders. It takes
// minutes a folder, so no check runs it; docs/mutation.md keeps what was seen.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, root } from './pack.mjs';

const packages = ['core', 'statistics', 'linalg', 'registry'];
const [name, ...folders] = process.argv.slice(2);
const missing = folders.filter((folder) => !existsSync(join(root, 'packages', name ?? '', 'src', folder)));
if (!packages.includes(name) || missing.length > 0) {
  console.error(
    missing.length > 0
      ? `packages/${name}/src has no ${missing.join(', ')}.`
      : `npm run mutation -- PACKAGE [FOLDER OF ITS src ...]\nPACKAGE is one of ${packages.join(', ')}.`,
  );
  process.exit(2);
}

const settings = mkdtempSync(join(tmpdir(), 'fuseinit-mutation-'));
try {
  const mutated = folders.length > 0 ? folders.map((folder) => `src/${folder}/**/*.ts`) : ['src/**/*.ts'];
  const tests = mutated.map((glob) => glob.replace(/\.ts$/, '.test.ts'));
  const config = join(settings, 'stryker.config.json');
  const vitest = join(settings, 'vitest.config.mjs');
  writeFileSync(
    vitest,
    `export default { test: { include: ${JSON.stringify(tests)}, testTimeout: 60000 } };\n`,
  );
  writeFileSync(
    config,
    JSON.stringify({
      testRunner: 'vitest',
      plugins: [import.meta.resolve('@stryker-mutator/vitest-runner')],
      vitest: { configFile: vitest },
      mutate: [...mutated, '!src/**/*.test.ts', '!src/**/*.test-support.ts', '!src/testing/**'],
      coverageAnalysis: 'perTest',
      // A message in other words is no fault that a test should notice.
      mutator: { excludedMutations: ['StringLiteral'] },
      reporters: ['clear-text', 'html'],
      clearTextReporter: { allowColor: false, reportTests: false },
      concurrency: 2,
    }),
  );
  const { status } = spawnSync(bin('stryker'), ['run', config], {
    cwd: join(root, 'packages', name),
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(settings, { recursive: true });
}
