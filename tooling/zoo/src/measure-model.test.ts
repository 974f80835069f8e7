import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelFolder } from '@fuseinit/test-inputs/fixtures';
import { afterAll, expect, test } from 'vitest';
import { measureModel } from './measure-model.js';
import { zooPage } from './zoo-page.js';

const root = mkdtempSync(join(tmpdir(), 'fuseinit-zoo-'));
afterAll(() => rmSync(root, { recursive: true }));

const options = {
  backends: [],
  seconds: 0,
  processes: 1,
  size: 32,
  signal: new AbortController().signal,
  tell: () => {},
};

test('a model is known by its weights, and one that does not load stands beside it with its code, without its path', async () => {
  const given = modelFolder('rocksetta-mnist-conv');
  const measured = await measureModel({ path: given, name: 'given' }, options);
  expect(measured.known?.licence).toBe('MIT');
  expect(measured.versions.graph).toMatchObject({ layers: null, weights: 'float32' });

  const broken = join(root, 'broken');
  mkdirSync(broken);
  writeFileSync(join(broken, 'model.json'), '{"weightsManifest": []}');
  const failed = await measureModel({ path: broken, name: 'broken' }, options);
  expect(failed.versions).toEqual({
    given: { code: 'MODEL_FILE_INVALID', message: expect.stringContaining('model.json') },
  });

  const page = zooPage([measured, failed], [], '2026-01-01');
  expect(page).toMatch(/\| broken +\| as given +\| MODEL_FILE_INVALID/);
  expect(page).toMatch(/\| digits of rocksetta +\| as a GraphModel/);
  expect(page).not.toContain(root);
  expect(page).toContain('commit 41b58756');
}, 120_000);

test('what was aborted ends with that, and not as a failure of the model', async () => {
  const stopped = new AbortController();
  const measuring = measureModel(
    { path: modelFolder('rocksetta-mnist-conv'), name: 'given' },
    { ...options, signal: stopped.signal, tell: (doing) => doing === 'inspecting' && stopped.abort() },
  );
  await expect(measuring).rejects.toMatchObject({ name: 'AbortError' });
});
