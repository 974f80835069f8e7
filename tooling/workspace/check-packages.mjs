import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { bin, pack, publishable } from './pack.mjs';

const run = promisify(execFile);

/** What only a checkout needs: tests, what they stand on, and the compiler's notes. */
const notForUsers = /\.test(-support)?\.|\/testing-support\/|\.tsbuildinfo$/;

/** Everything that is wrong with one package as it would be published; empty when nothing is. */
async function problemsOf({ path, manifest }, temp) {
  const file = await pack({ path, manifest }, temp);
  const { stdout: listing } = await run('tar', ['-tzf', file]);
  const paths = listing.trim().split('\n');
  const problems = paths.filter((name) => notForUsers.test(name)).map((name) => `ships ${name}`);
  if (!paths.some((name) => name.startsWith('package/dist/'))) problems.push('ships no dist: build first');
  for (const name of ['LICENSE', 'README.md'])
    if (!paths.includes(`package/${name}`)) problems.push(`ships no ${name}`);

  const packed = await readFile(file);
  const tarballData = packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: tarballData }, strict: true });
  problems.push(...messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`));

  await run(bin('attw'), ['--profile', 'esm-only', '--no-color', '--no-emoji', file]).catch(
    ({ stdout, message }) => {
      problems.push(`attw: ${stdout || message}`);
    },
  );
  return problems;
}

const temp = await mkdtemp(join(tmpdir(), 'fuseinit-packages-'));
try {
  for (const entry of await publishable()) {
    const problems = await problemsOf(entry, temp);
    console.log(`${entry.manifest.name.padEnd(28)} ${problems.length === 0 ? 'ok' : problems.join('\n  ')}`);
    if (problems.length > 0) process.exitCode = 1;
  }
} finally {
  await rm(temp, { recursive: true, force: true });
}
