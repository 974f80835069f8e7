import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  build: {
    outDir: 'dist/site',
    target: 'es2022',
    // The example's files are fetched like a user's: none becomes a data: address.
    assetsInlineLimit: 0,
    // TensorFlow.js is a megabyte and a half whatever one does; it is the worker's alone.
    chunkSizeWarningLimit: 3000,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  worker: { format: 'es' },
  optimizeDeps: { include: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'] },
});
