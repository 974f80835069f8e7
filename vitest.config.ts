import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tooling/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts'],
    // What needs a browser: npm run test:browser. What needs npm run libtensorflow: npm run test:native.
    exclude: [...configDefaults.exclude, '**/*.browser.test.ts', '**/*.native.test.ts'],
    testTimeout: 60000,
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.test-support.ts'],
      reporter: ['text', 'html'],
    },
  },
});
