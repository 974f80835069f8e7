import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tooling/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts'],
    // What needs a browser: npm run test:browser.
    exclude: [...configDefaults.exclude, '**/*.browser.test.ts'],
    testTimeout: 60000,
  },
});
