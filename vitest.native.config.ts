import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{packages,tooling,apps}/*/src/**/*.native.test.ts'],
    testTimeout: 60000,
  },
});
