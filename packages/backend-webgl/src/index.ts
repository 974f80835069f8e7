export { createWebglBackend, type WebglBackendOptions } from './create-webgl-backend.js';
