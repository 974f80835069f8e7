import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createLinearAlgebra } from './create-linear-algebra.js';

it('refuses threads and instructions that can not be had', async () => {
  for (const threads of [0, 1.5, -1, 1000])
    await expect(createLinearAlgebra({ threads })).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  await expect(createLinearAlgebra({ instructions: 'avx' as never })).rejects.toMatchObject({
    code: 'ARGUMENT_INVALID',
    message: expect.stringContaining('scalar'),
  });
});

it('does nothing after close, but ends what was begun', async () => {
  const linalg = await createLinearAlgebra({ threads: 2 });
  const begun = linalg.multiplyTransposed(Float64Array.of(2), Float64Array.of(3), 1);
  await linalg.close();
  expect([...(await begun)]).toEqual([6]);
  await expect(linalg.createSums({ channels: 1, outFeatures: 1, geometry: null })).rejects.toMatchObject({
    code: 'ENGINE_CLOSED',
  });
});

it('uses memory again', async () => {
  const linalg = await createLinearAlgebra({ threads: 1 });
  // 64 MiB each: without being given back, sixty-four of them would be more than there is.
  for (let turn = 0; turn < 80; turn++)
    (await linalg.createSums({ channels: 4000, outFeatures: 1, geometry: null })).dispose();
  await linalg.close();
});

it("doesn't keep a program alive", async () => {
  const program = `import { createLinearAlgebra } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
    const linalg = await createLinearAlgebra({ threads: 2 });
    const sums = await linalg.createSums({ channels: 2, outFeatures: 1, geometry: null });
    await sums.add(Float32Array.of(1, 2), Float32Array.of(3));
    console.log((await sums.take()).count);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    timeout: 30_000,
  });
  expect(stdout.trim()).toBe('1');
});
