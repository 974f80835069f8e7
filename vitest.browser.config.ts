import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{packages,tooling,apps}/*/src/**/*.browser.test.ts'],
    testTimeout: 300000,
    // One browser at a time: WebGL in software takes all cores.
    fileParallelism: false,
  },
});
