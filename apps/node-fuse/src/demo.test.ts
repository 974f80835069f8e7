import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DemoResult } from './result.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'fuseinit-demo-'));
});
afterAll(() => rm(out, { recursive: true }));

function run(args: readonly string[], interruptAfterMs?: number) {
  const child = spawn(process.execPath, [main, ...args, '--out', out]);
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      texts[stream] += text;
    });
  }
  if (interruptAfterMs !== undefined) setTimeout(() => child.kill('SIGINT'), interruptAfterMs);
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, ...texts }));
  });
}

describe('the main job', () => {
  test('students keep the accuracy that the README shows, before any training', {
    timeout: 300_000,
  }, async () => {
    const { code, stdout } = await run(['--json']);
    expect(code).toBe(0);
    const { teacher, students, independent } = JSON.parse(stdout) as DemoResult;
    expect(teacher.accuracy).toBeGreaterThan(0.88);
    const [alone, both, notRefitted, fromTeacher] = students;
    expect(alone!.accuracy).toBeGreaterThan(teacher.accuracy - 0.02);
    expect(both!.accuracy).toBeGreaterThan(teacher.accuracy - 0.03);
    expect(alone!.spans[0]!.heldOutRelativeMse).toBeLessThan(0.25);
    // What each refinement is worth: refitting, inputs from the student, coupled channels.
    expect(both!.accuracy).toBeGreaterThan(notRefitted!.accuracy);
    expect(notRefitted!.accuracy).toBeGreaterThan(fromTeacher!.accuracy);
    expect(alone!.accuracy).toBeGreaterThan(independent.accuracy);
    expect(alone!.spans[0]!.layers).toEqual(['conv3', 'bn3', 'relu3', 'conv4']);
    for (const student of students) {
      expect(student.parameters).toBeLessThan(teacher.parameters);
      expect(student.multiplyAdds).toBeLessThan(teacher.multiplyAdds);
    }
    expect((await readdir(out)).sort()).toEqual([
      'conv1-conv2-conv3-conv4',
      'conv3-conv4',
      'conv3-conv4-channelCoupling-independent',
      'the-same-inputs-from-the-teacher',
      'the-same-not-refitted',
    ]);
  });

  test('Ctrl-C stops it and leaves nothing half-written', { timeout: 30_000 }, async () => {
    const before = await readdir(out);
    const { code, stdout, stderr } = await run(['--json'], 2500);
    expect([code, stdout]).toEqual([130, '']);
    expect(stderr).toMatch(/Stopped/);
    expect(await readdir(out)).toEqual(before);
  });

  test.each([
    [['--samples', '3'], /--samples is 3: a whole number from 20 to 4000/],
    [['--backend', 'abacus'], /--backend is abacus: one of node-gpu, wasm, cpu/],
    [['--fast'], /Unknown option '--fast'/],
  ])('%j is refused with the usage', async (args, message) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/npm run demo/);
  });
});
