import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tooling/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts'],
    // They need what `npm run libtensorflow` provides: `npm run test:native` runs them.
    exclude: [...configDefaults.exclude, '**/*.native.test.ts'],
    testTimeout: 60000,
  },
});
