import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('is what assembly/ compiles to', async () => {
  const { compileKernels } = (await import(
    /* @vite-ignore */ new URL('../../compile-kernels.mjs', import.meta.url).href
  )) as { compileKernels(): Promise<string> };
  const file = fileURLToPath(new URL('kernel-bytes.ts', import.meta.url));
  expect(readFileSync(file, 'utf8') === (await compileKernels()), 'npm run kernels in packages/linalg').toBe(
    true,
  );
});
