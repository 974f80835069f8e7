import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { expect, test, vi } from 'vitest';
import { fuseinit } from '../testing-support/fuseinit.test-support.js';
import { mnistModel, mnistNpy } from '../testing-support/mnist.test-support.js';

test('--open starts the user’s browser with the report, and is refused where none is written', async () => {
  const folder = await emptyFolder();
  const data = await mnistNpy(folder, 't10k', 40);
  const [browser, opened, report] = ['browser', 'opened', 'compared.html'].map((name) => join(folder, name));
  await writeFile(browser!, `#!/bin/sh\necho "$1" > '${opened}'\n`);
  await chmod(browser!, 0o755);
  const asked = ['compare', mnistModel, mnistModel, '--data', data, '--backend', 'wasm', '--open'];
  expect(await fuseinit(asked)).toMatchObject({ code: 2, stderr: expect.stringMatching(/-o FILE/) });
  // xdg-open of Linux asks for the browser here before it looks for a desktop.
  const env = { BROWSER: browser!, DISPLAY: '', XDG_CURRENT_DESKTOP: '' };
  expect(await fuseinit([...asked, '-o', report!], { env })).toMatchObject({ code: 0 });
  await vi.waitFor(async () => expect(await readFile(opened!, 'utf8')).toContain('compared.html'), 10_000);
});
