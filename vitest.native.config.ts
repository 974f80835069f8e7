import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.native.test.ts', 'tooling/*/src/**/*.native.test.ts'],
    testTimeout: 120000,
  },
});
